/**
 * What is to be done with the payments for an object once it is known what is owed (PAY-30). Pure. It is asked again after each step has
 * ended, so it looks at what is, not at what was planned; when nothing is left to do it plans nothing.
 */

export interface PaymentFacts {
  id: string;
  status: 'pending' | 'authorized' | 'ended';
  heldMinor: bigint;
  capturedMinor: bigint;
  /** given back, or about to be */
  refundedMinor: bigint;
  /** a call to the provider has not ended */
  isBusy: boolean;
  /** its provider has refused to capture, to cancel, to give back */
  refusedTo: readonly ('capture' | 'cancel' | 'refund')[];
  /** what its instrument can be charged besides, without the driver */
  chargeableMinor: bigint;
  /** it charges the instrument of another one besides: that is done once */
  isFurther: boolean;
}

/** Of a credit: what no provider gives back goes into the driver's wallet. Of a charge: another payment of the same instrument begins. */
export type PaymentStep = { step: 'capture' | 'refund' | 'credit' | 'charge'; paymentId: string; amountMinor: bigint } | { step: 'release'; paymentId: string };
/** What nobody has paid is owed from now on; what was owed is not any more. */
export type DebtStep = { step: 'owe' | 'forgive'; amountMinor: bigint };
export type Step = PaymentStep | DebtStep;

/**
 * @param owedMinor what the object costs in the end
 * @param outstandingMinor how much of that is written down as owed
 * @returns what to do now; nothing while a provider is being asked
 */
export function planSettlement(owedMinor: bigint, outstandingMinor: bigint, payments: readonly PaymentFacts[]): Step[] {
  if (payments.some(({ isBusy }) => isBusy)) return [];
  const steps: Step[] = [];
  let need = owedMinor - outstandingMinor - payments.reduce((sum, { capturedMinor, refundedMinor }) => sum + capturedMinor - refundedMinor, 0n);
  for (const { id, status, heldMinor, refusedTo } of payments) {
    const isUsable = heldMinor > 0n && !refusedTo.includes('capture');
    const amountMinor = !isUsable || need <= 0n ? 0n : need < heldMinor ? need : heldMinor;
    need -= amountMinor;
    if (amountMinor > 0n) steps.push({ step: 'capture', paymentId: id, amountMinor });
    else if (status !== 'ended' && !refusedTo.includes('cancel')) steps.push({ step: 'release', paymentId: id });
  }
  if (need > 0n) return [...steps, ...missingSteps(need, payments)];
  return [...steps, ...giveBackSteps(-need, outstandingMinor, payments)];
}

/** PAY-46: what is missing is charged to the newest instrument that can be, once; what that can't get is owed. */
function missingSteps(needMinor: bigint, payments: readonly PaymentFacts[]): Step[] {
  const again = payments.some(({ isFurther }) => isFurther) ? undefined : payments.findLast(({ chargeableMinor }) => chargeableMinor > 0n);
  if (!again) return [{ step: 'owe', amountMinor: needMinor }];
  const amountMinor = needMinor < again.chargeableMinor ? needMinor : again.chargeableMinor;
  return [{ step: 'charge', paymentId: again.id, amountMinor }, ...(needMinor > amountMinor ? [{ step: 'owe', amountMinor: needMinor - amountMinor } as const] : [])];
}

/** What was paid too much: what is owed goes first, then the newest payment. */
function giveBackSteps(excessMinor: bigint, outstandingMinor: bigint, payments: readonly PaymentFacts[]): Step[] {
  const steps: Step[] = [];
  let left = excessMinor;
  const take = (mostMinor: bigint): bigint => {
    const amountMinor = left < mostMinor ? left : mostMinor;
    left -= amountMinor;
    return amountMinor;
  };
  const forgiven = take(outstandingMinor);
  if (forgiven > 0n) steps.push({ step: 'forgive', amountMinor: forgiven });
  for (const { id, capturedMinor, refundedMinor, refusedTo } of [...payments].reverse()) {
    const amountMinor = take(capturedMinor - refundedMinor);
    if (amountMinor > 0n) steps.push({ step: refusedTo.includes('refund') ? 'credit' : 'refund', paymentId: id, amountMinor });
  }
  return steps;
}
