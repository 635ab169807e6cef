/** Holds what a provider has of a time against payments and the ledger, line by line (PAY-36). Changes nothing. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { comparePayment, standingHere, standingThere, type Difference, type Ours, type Standing } from './compare.ts';
import type { PaymentProvider, ProviderPayment } from './provider.ts';
import { findUnfinished } from './store-calls.ts';
import * as store from './store-payments.ts';
import { findBegun, sumOutside } from './store-reconcile.ts';

/** What a provider has, and what is here, of one currency. */
export interface ReconciledSum {
  currency: string;
  here: Standing & { payments: number };
  there: Standing & { payments: number };
}

export interface Reconciliation {
  sums: ReconciledSum[];
  differences: number;
  /** payments that are being changed just now, and were left out */
  busy: number;
}

/** @param tell is given each difference as soon as it is found */
export async function reconcile(database: Database, provider: PaymentProvider, time: { from: EpochMs; to: EpochMs }, tell: (found: Difference) => void): Promise<Reconciliation> {
  const sums = new Map<string, ReconciledSum>();
  const result = { differences: 0, busy: 0 };
  const seen = new Set<string>();
  const take = async (paymentId: string | null, listed: ProviderPayment | undefined): Promise<void> => {
    const ours = paymentId === null ? undefined : await readOurs(database, provider.id, paymentId);
    const truth = listed && comparePayment(ours, listed).length === 0 ? listed : await lookAgain(provider, ours, listed);
    const again = ours && await readOurs(database, provider.id, ours.payment.id);
    if (again && (again.isBusy || again.payment.version !== ours.payment.version)) return void (result.busy += 1);
    addTo(sums, ours, truth);
    for (const difference of comparePayment(ours, truth)) {
      result.differences += 1;
      tell(difference);
    }
  };
  for await (const listed of provider.list(time)) {
    if (listed.paymentId !== null && seen.has(listed.paymentId)) continue; // it was paid by several tries, and is looked at as a whole
    if (listed.paymentId !== null) seen.add(listed.paymentId);
    await take(listed.paymentId, listed);
  }
  for (const id of await findBegun(database, provider.id, time.from, time.to)) if (!seen.has(id)) await take(id, undefined);
  return { ...result, sums: [...sums.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)) };
}

async function readOurs(database: Database, provider: string, id: string): Promise<Ours & { isBusy: boolean } | undefined> {
  const payment = await store.findPayment(database, id);
  if (payment?.provider !== provider) return undefined;
  const [refunds, unfinished, ledger] = [await store.findRefunds(database, [id]), await findUnfinished(database, [id]), await sumOutside(database, id)];
  return { payment, refunds, ledger, isBusy: unfinished.length > 0 };
}

/** What a list says may be a part of it, or old by now: a difference is told only when the provider, asked for the one payment, says the same. */
async function lookAgain(provider: PaymentProvider, ours: Ours | undefined, listed: ProviderPayment | undefined): Promise<ProviderPayment | undefined> {
  if (!ours) return listed;
  const { id: paymentId, providerRef: ref, createdAt } = ours.payment;
  return ref === null && !listed ? undefined : provider.find({ paymentId, ref, createdAt });
}

function addTo(sums: Map<string, ReconciledSum>, ours: Ours | undefined, truth: ProviderPayment | undefined): void {
  const add = (currency: string, side: 'here' | 'there', standing: Standing): void => {
    const nothing = () => ({ payments: 0, heldMinor: 0n, capturedMinor: 0n, refundedMinor: 0n });
    const sum = sums.get(currency) ?? { currency, here: nothing(), there: nothing() };
    sum[side].payments += 1;
    for (const field of ['heldMinor', 'capturedMinor', 'refundedMinor'] as const) sum[side][field] += standing[field];
    sums.set(currency, sum);
  };
  if (ours) add(ours.payment.currency, 'here', standingHere(ours));
  if (truth) add(truth.currency, 'there', standingThere(truth));
}
