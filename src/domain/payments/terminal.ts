/** What a payment terminal tells of a payment afterwards (PAY-54). */
import type { Context } from '../organisations/index.ts';
import { changePayment } from './change-payment.ts';
import type { TerminalSettlement } from './payment.ts';
import { findOfTerminal, lockPayment } from './store-payments.ts';

/** Writes it down with the payment, once; false where there is none of that reference. What was captured stays what the bill says: a difference is seen. */
export async function noteTerminalSettlement(ctx: Context, organisationId: string, reference: string, settlement: TerminalSettlement): Promise<boolean> {
  const found = await findOfTerminal(ctx.tx, organisationId, reference);
  if (!found) return false;
  const payment = (await lockPayment(ctx.tx, found.id))!;
  if (JSON.stringify(payment.details.settlement) === JSON.stringify(settlement)) return true;
  await changePayment(ctx, payment, { details: { ...payment.details, settlement }, told: payment.told }, 'payment.updated');
  return true;
}
