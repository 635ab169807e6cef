/** BKB-10: loyalty by the phone number of the bill; a fleet by the password that its driver was sent. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { claimMembership, listMemberships, listProgrammes, verifyMembership, type Programme } from '../../../domain/programmes/index.ts';
import type { Answer } from '../exchange/index.ts';
import type { Asked } from './asked.ts';
import type { Recognised } from './details.ts';

/** A wrong password is counted, so what it refuses is an answer. */
export async function recognise(acting: Context, driverId: string, { loyalty, seller }: Asked): Promise<{ told: Recognised[] } | { refused: Answer }> {
  const { phone, programme: wanted = '', otp } = loyalty;
  const programmes = (await listProgrammes(acting, { limit: 200 })).filter(({ retiredAt }) => retiredAt === null);
  const told: Recognised[] = [];
  for (const programme of programmes) {
    const isNamed = [programme.id, programme.ref].includes(wanted);
    const byPhone = programme.unlockedBy.includes('phone') && (seller === undefined || seller === programme.operatorId || isNamed);
    if (phone === undefined || !(isNamed || byPhone)) continue;
    const known = isNamed && otp !== undefined ? (await listMemberships(acting, driverId)).find(({ programmeId }) => programmeId === programme.id) : undefined;
    const outcome = known ? { membership: known } : await claim(acting, driverId, programme, phone);
    if (!outcome || 'refused' in outcome) continue;
    const verified = known?.status === 'pending' ? await verifyMembership(acting, driverId, known.id, otp!) : outcome;
    if ('refused' in verified) {
      const left = verified.refused === 'otp_wrong' ? ` ${verified.triesLeft} tries are left.` : '';
      return { refused: { body: {}, error: { code: '50000', message: `That is not the password of ${programme.name}.${left}` } } };
    }
    told.push({ id: programme.id, name: programme.name, kind: programme.kind, status: verified.membership.status });
  }
  return { told };
}

/** Nobody is told who is no member, and who asks too often is told nothing. */
async function claim(acting: Context, driverId: string, programme: Programme, phone: string) {
  try {
    return await acting.tx.savepoint(() => claimMembership(acting, driverId, programme.id, { phone }));
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
