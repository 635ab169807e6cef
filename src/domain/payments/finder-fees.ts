/** What operators owe to who brought their drivers (PAY-53). */
import type { Context } from '../organisations/index.ts';
import { finderFeeMinor, type BuyerFinderFee } from '../pricing/index.ts';
import type { ObjectBill } from './bill.ts';
import { openAccount, transfer, transfersAbout } from './ledger.ts';

/**
 * Takes the fee for a bill off what its operator has earned, for its organisation; after a correction, the difference. The same again does nothing.
 *
 * @returns the fee, in minor units
 */
export async function accrueFinderFee(ctx: Context, bill: ObjectBill, fee: BuyerFinderFee): Promise<bigint> {
  const { id, version, currency, operatorId, organisationId, totalMinor } = bill;
  const dueMinor = totalMinor === 0n ? 0n : finderFeeMinor(totalMinor, currency, fee);
  const owed = await openAccount(ctx, { kind: 'finder_fees', currency, organisationId });
  const legs = (await transfersAbout(ctx, 'bill', id)).flatMap((one) => one.legs);
  const accruedMinor = legs.reduce((sum, { fromId, toId, amountMinor }) => sum + (toId === owed.id ? amountMinor : 0n) - (fromId === owed.id ? amountMinor : 0n), 0n);
  const moreMinor = (dueMinor < totalMinor ? dueMinor : totalMinor) - accruedMinor;
  if (moreMinor === 0n) return dueMinor;
  const earned = await openAccount(ctx, { kind: 'revenue', currency, organisationId: operatorId });
  const leg = moreMinor > 0n ? { fromId: earned.id, toId: owed.id, amountMinor: moreMinor } : { fromId: owed.id, toId: earned.id, amountMinor: -moreMinor };
  await transfer(ctx, { legs: [leg], reason: 'division', object: 'bill', objectId: id, idempotencyKey: `${id} finder fee, version ${version}` });
  return dueMinor;
}
