/** What drivers owe their provider: an account of the ledger that is below zero. */
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import { balanceOf } from './balances.ts';
import { openAccount, transfer, type TransferInput } from './ledger.ts';
import { debtAccount } from './money.ts';
import type { Payment } from './payment.ts';

type Debtor = Pick<Payment, 'organisationId' | 'driverId' | 'currency'>;

/** What a driver owes their provider, in minor units. */
export async function debtOf(ctx: Context, of: Debtor): Promise<bigint> {
  if (of.driverId === null) return 0n;
  const { postedMinor } = await balanceOf(ctx, (await debtAccount(ctx, of)).id);
  return postedMinor < 0n ? -postedMinor : 0n;
}

/** PAY-48: what was paid of a debt beyond it, or of one that is owed no longer, goes into the driver's wallet. */
export async function returnOverpaid(ctx: Context, of: Debtor, about: Pick<TransferInput, 'object' | 'objectId'>): Promise<void> {
  const { organisationId, driverId, currency } = of;
  if (driverId === null) return;
  const debt = await debtAccount(ctx, of);
  const { postedMinor: amountMinor } = await balanceOf(ctx, debt.id);
  if (amountMinor <= 0n) return;
  const wallet = await openAccount(ctx, { kind: 'wallet', currency, organisationId, driverId });
  const idempotencyKey = `overpaid ${newId('ledgerTransfer')}`; // it happens whenever there is something: afterwards there is not
  await transfer(ctx, { ...about, legs: [{ fromId: debt.id, toId: wallet.id, amountMinor }], reason: 'refund', idempotencyKey });
}
