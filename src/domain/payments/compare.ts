/** How a payment and its refunds stand here, at its provider and in the ledger, side by side. Pure. */
import { heldMinor, type Payment, type Refund } from './payment.ts';
import type { ProviderPayment, ProviderRefund } from './provider.ts';

export type DifferenceKind = 'missing_here' | 'missing_there' | 'amount_differs' | 'state_differs' | 'ledger_differs';

export interface Difference {
  kind: DifferenceKind;
  currency: string;
  /** our id of the payment or the refund, and the provider's; empty where there is none */
  id: string;
  ref: string;
  here: string;
  there: string;
}

export interface Standing {
  heldMinor: bigint;
  capturedMinor: bigint;
  refundedMinor: bigint;
}

export interface Ours {
  payment: Payment;
  refunds: readonly Refund[];
  ledger: { takenMinor: bigint; heldMinor: bigint };
}

const NOTHING: Standing = { heldMinor: 0n, capturedMinor: 0n, refundedMinor: 0n };

/** What a provider has of it. What was refunded counts when it has been, not while it is under way. */
export function standingThere(truth: ProviderPayment | undefined): Standing {
  if (!truth) return NOTHING;
  const refundedMinor = truth.refunds.filter(({ state }) => state === 'succeeded').reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { heldMinor: truth.state === 'authorized' ? truth.authorizedMinor : 0n, capturedMinor: truth.capturedMinor, refundedMinor };
}

/** What was credited instead of refunded never was the provider's. */
const isThere = ({ status, providerRef }: Refund): boolean => !(status === 'succeeded' && providerRef === null);

export function standingHere({ payment, refunds }: Pick<Ours, 'payment' | 'refunds'>): Standing {
  const refundedMinor = refunds.filter((refund) => refund.status === 'succeeded' && isThere(refund)).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  return { heldMinor: heldMinor(payment), capturedMinor: payment.capturedMinor, refundedMinor };
}

/** Every difference of a payment; `ours` or `truth` may be missing, not both. */
export function comparePayment(ours: Ours | undefined, truth: ProviderPayment | undefined): Difference[] {
  const [here, there] = [ours ? standingHere(ours) : NOTHING, standingThere(truth)];
  const about = { currency: truth?.currency ?? ours!.payment.currency, id: ours?.payment.id ?? truth?.paymentId ?? '', ref: truth?.ref ?? ours?.payment.providerRef ?? '' };
  const differ = (kind: DifferenceKind, a: string, b: string): Difference => ({ kind, ...about, here: a, there: b });
  if (!ours) return isEmpty(there) ? [] : [differ('missing_here', '', describe(there))];
  if (!truth) return [...(isEmpty(here) ? [] : [differ('missing_there', describe(here), '')]), ...compareLedger(ours, about)];
  const found: Difference[] = [];
  if (stateOf(here) !== stateOf(there)) found.push(differ('state_differs', describe(here), describe(there)));
  else if (truth.currency !== ours.payment.currency || here.heldMinor !== there.heldMinor || here.capturedMinor !== there.capturedMinor) {
    found.push(differ('amount_differs', `${describe(here)} ${ours.payment.currency}`, `${describe(there)} ${truth.currency}`));
  }
  return [...found, ...compareRefunds(ours, truth.refunds, about.currency), ...compareLedger(ours, about)];
}

const isEmpty = ({ heldMinor: held, capturedMinor }: Standing): boolean => held === 0n && capturedMinor === 0n;

/** Nothing is owed to anybody by a payment that is neither held nor captured, whatever it is called. */
function stateOf({ heldMinor: held, capturedMinor }: Standing): string {
  return capturedMinor > 0n ? 'captured' : held > 0n ? 'held' : 'nothing';
}

function describe(standing: Standing): string {
  const state = stateOf(standing);
  return state === 'nothing' ? state : `${state} ${state === 'held' ? standing.heldMinor : standing.capturedMinor}`;
}

function compareRefunds({ payment, refunds }: Ours, truths: readonly ProviderRefund[], currency: string): Difference[] {
  const found: Difference[] = [];
  const known = refunds.filter(isThere);
  const truthOf = ({ id, providerRef }: Refund) => truths.find((truth) => truth.refundId === id || truth.ref === providerRef);
  for (const refund of known) {
    const truth = truthOf(refund);
    const about = { currency, id: refund.id, ref: truth?.ref ?? refund.providerRef ?? '' };
    const here = `refund ${refund.status} ${refund.amountMinor}`;
    if (!truth && refund.status === 'succeeded') found.push({ kind: 'missing_there', ...about, here, there: '' });
    if (!truth) continue;
    const there = `refund ${truth.state} ${truth.amountMinor}`;
    if (refund.status !== truth.state) found.push({ kind: 'state_differs', ...about, here, there });
    else if (refund.amountMinor !== truth.amountMinor) found.push({ kind: 'amount_differs', ...about, here, there });
  }
  for (const truth of truths) {
    if (truth.state !== 'succeeded' || known.some((refund) => truthOf(refund) === truth)) continue;
    found.push({ kind: 'missing_here', currency, id: payment.id, ref: truth.ref, here: '', there: `refund ${truth.state} ${truth.amountMinor}` });
  }
  return found;
}

/** The ledger must have what the payment says; what was credited to nobody's wallet has gone outside, though not by the provider. */
function compareLedger({ payment, refunds, ledger }: Ours, about: Pick<Difference, 'currency' | 'id' | 'ref'>): Difference[] {
  const credited = refunds.filter((refund) => refund.status === 'succeeded' && !isThere(refund) && payment.driverId === null);
  const { capturedMinor, refundedMinor, heldMinor: held } = standingHere({ payment, refunds });
  const takenMinor = capturedMinor - refundedMinor - credited.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  if (takenMinor === ledger.takenMinor && held === ledger.heldMinor) return [];
  return [{ kind: 'ledger_differs', ...about, here: `ledger taken ${ledger.takenMinor}, held ${ledger.heldMinor}`, there: `payment taken ${takenMinor}, held ${held}` }];
}
