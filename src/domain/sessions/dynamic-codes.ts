/**
 * Codes that change on a station's screen (SES-38, SES-39; OCPP 2.1 C25): with a secret that only it and we know the station makes a password, puts it into
 * the start address, and shows that as a QR code. Who has it has stood there a moment ago.
 */
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { DAY_MS, MINUTE_MS, SECOND_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { orderStation, protocolOf, targetAt, type StationCommand } from '../chargers/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import { findEvse, findStation, getLocationOf } from '../stations/index.ts';
import type { DynamicCode } from './dynamic-code.ts';
import * as store from './store-dynamic-codes.ts';
import { totpFits } from './totp.ts';

export interface DynamicCodeInput {
  validitySeconds: number;
  length: number;
  isRequired: boolean;
  /** with `{totp}` in the place of the password; of the EVSE's first connector */
  urlTemplate(connectorId: string): string;
}

const COMPONENT = 'WebPaymentsCtrlr';
const SECRET_SIGNS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SECRET_LENGTH = 32;
const EXPIRES_SECONDS = 300;
/** Who has scanned it has so long to choose and to pay. */
const SCAN_MS = 15 * MINUTE_MS;

/** Has the station show a code that changes, with a fresh secret. Throws `not_supported` for one that does not speak OCPP 2.1. */
export async function setDynamicCode(ctx: Context, evseId: string, { validitySeconds, length, isRequired, urlTemplate }: DynamicCodeInput): Promise<DynamicCode> {
  const { evse, station, operatorId } = await placeOf(ctx, evseId, 'station.command');
  if ((await protocolOf(ctx, station.id)) !== 'ocpp2.1') throw new DomainError('not_supported', 'Only a station that has connected by OCPP 2.1 shows a code that changes.');
  const [connector] = evse.connectors;
  if (!connector) throw new DomainError('evse_not_bookable', 'That EVSE has no connector.');
  const known = await store.lockDynamicCode(ctx.tx, evseId);
  const secret = Array.from({ length: SECRET_LENGTH }, () => SECRET_SIGNS[randomInt(SECRET_SIGNS.length)]).join('');
  const settings = { Enabled: 'true', URLTemplate: urlTemplate(connector.id), SharedSecret: secret, ValidityTime: String(validitySeconds), Length: String(length) };
  const command = await tellSettings(ctx, { evseId, stationId: station.id, operatorId, evseNumber: targetAt(station, { evse: evseId }).evseNumber }, settings);
  const code: DynamicCode = {
    evseId, stationId: station.id, networkId: ctx.network.id, operatorId, secret, validitySeconds, length, isRequired, urlTemplate: settings.URLTemplate, status: 'setting',
    commandId: command.id, version: (known?.version ?? 0) + 1, createdAt: known?.createdAt ?? ctx.now, updatedAt: ctx.now,
  };
  await store.saveDynamicCode(ctx.tx, code);
  await audit(ctx, 'dynamic_code.set', 'evse', evseId);
  return code;
}

/** Has the station show it no more. Whatever it shows then starts nothing, unless the printed code does. */
export async function removeDynamicCode(ctx: Context, evseId: string): Promise<void> {
  const { station, operatorId } = await placeOf(ctx, evseId, 'station.command');
  if (!(await store.lockDynamicCode(ctx.tx, evseId))) return;
  await tellSettings(ctx, { evseId, stationId: station.id, operatorId, evseNumber: targetAt(station, { evse: evseId }).evseNumber }, { Enabled: 'false' });
  await store.deleteDynamicCode(ctx.tx, evseId);
  await audit(ctx, 'dynamic_code.remove', 'evse', evseId);
}

export async function getDynamicCode(ctx: Context, evseId: string): Promise<DynamicCode> {
  await placeOf(ctx, evseId, 'station.read');
  const code = await store.findDynamicCode(ctx.tx, evseId);
  if (!code) throw notFound('dynamic code', evseId);
  return code;
}

async function placeOf(ctx: Context, evseId: string, action: 'station.command' | 'station.read') {
  const location = await getLocationOf(ctx, 'evse', evseId);
  requireAccess(ctx, action, location);
  const evse = findEvse(location, evseId)!;
  return { evse, station: findStation(location, evse.stationId)!, operatorId: location.operatorId };
}

function tellSettings(
  ctx: Context, { evseId, stationId, operatorId, evseNumber }: { evseId: string; stationId: string; operatorId: string; evseNumber: number }, settings: Record<string, string>,
): Promise<StationCommand> {
  const variables = Object.entries(settings).map(([name, value]) => ({ key: `${COMPONENT}.${name}`, value, evse: evseNumber }));
  return orderStation(ctx, { stationId, operatorId }, 'set_variables', { variables }, { expiresInSeconds: EXPIRES_SECONDS, subject: evseId });
}

const TAKEN = new Set(['Accepted', 'RebootRequired']);

interface SetResult {
  setVariableResult?: { attributeStatus: string; variable: { name: string } }[];
}

/** What a station says of its settings: without the secret and the address it shows nothing that starts anything. */
export async function noteDynamicCode(ctx: Context, { id, subject, result }: StationCommand): Promise<void> {
  const code = subject === null ? undefined : await store.lockDynamicCode(ctx.tx, subject);
  if (code?.commandId !== id) return;
  const answered = (result as SetResult | null)?.setVariableResult ?? [];
  const isTaken = (name: string): boolean => answered.some(({ attributeStatus, variable }) => variable.name === name && TAKEN.has(attributeStatus));
  const isSet = isTaken('SharedSecret') && isTaken('URLTemplate');
  await store.saveDynamicCode(ctx.tx, { ...code, status: isSet ? 'set' : 'refused', version: code.version + 1, updatedAt: ctx.now });
}

/** What somebody shows who has scanned: the password itself, or what they were given for it when their page was opened. */
export interface Scan {
  totp?: string | undefined;
  ticket?: string | undefined;
}

/** The password is looked at when the page is opened, and stands longer than it for who chooses and pays. Undefined for one that does not stand. */
export async function ticketFor(ctx: Context, evseId: string, totp: string): Promise<string | undefined> {
  const code = await store.findDynamicCode(ctx.tx, evseId);
  if (code?.status !== 'set' || !totpFits(code, totp, ctx.now)) return undefined;
  const until = ctx.now + SCAN_MS;
  return `${totp}.${until}.${sealOf(code, totp, until)}`;
}

const sealOf = ({ secret }: DynamicCode, totp: string, until: EpochMs): string => createHmac('sha256', secret).update(`scanned ${totp} ${until}`).digest('base64url');

/** Whether nobody starts there without scanning. */
export async function needsScan(ctx: Context, evseId: string): Promise<boolean> {
  const code = await store.findDynamicCode(ctx.tx, evseId);
  return code?.status === 'set' && code.isRequired;
}

/** SES-39: takes what was scanned, for one start. Throws `otp_wrong` where it does not stand, or is missing, and `otp_expired` where it has started something. */
export async function takeScan(ctx: Context, evseId: string, { totp, ticket }: Scan): Promise<void> {
  const code = await store.findDynamicCode(ctx.tx, evseId);
  if (code?.status !== 'set') return;
  const wasScanned = totp !== undefined || ticket !== undefined;
  if (!wasScanned && !code.isRequired) return;
  const proved = totp !== undefined && totpFits(code, totp, ctx.now) ? totp : ticket === undefined ? undefined : provedBy(code, ticket, ctx.now);
  if (proved === undefined) {
    throw new DomainError('otp_wrong', wasScanned ? 'That code does not stand any more: scan the one on the screen again.' : 'Scan the code on the screen.');
  }
  const isFirst = await store.useCode(ctx.tx, evseId, { code: proved, at: ctx.now, forgetBefore: ctx.now - DAY_MS - 3 * code.validitySeconds * SECOND_MS });
  if (!isFirst) throw new DomainError('otp_expired', 'Somebody has started with that code: scan the one on the screen again.');
}

function provedBy(code: DynamicCode, ticket: string, now: EpochMs): string | undefined {
  const [totp = '', until = '', seal = ''] = ticket.split('.');
  const [given, right] = [Buffer.from(seal), Buffer.from(sealOf(code, totp, Number(until)))];
  return given.length === right.length && timingSafeEqual(given, right) && Number(until) > now ? totp : undefined;
}
