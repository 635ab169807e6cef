import type { BillEventData, ObjectBill, PaymentEventData, PaymentWithRefunds, Refund } from '../../../domain/payments/index.ts';
import type { Encoding } from './encoding.ts';
import { encodeBillLine } from './prices.ts';

/** Amounts are far from what is no whole number in JSON: the ledger sees to that. */
export function encodePayment(p: PaymentWithRefunds | PaymentEventData, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  const { url = null, label = null, failure = null, returnUrl = null } = p.details;
  const held = p.holds.reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0);
  return {
    id: p.id, object: 'payment', for: { object: p.object, id: p.objectId }, organisation_id: p.organisationId, driver: p.driverId, method: p.method, provider: p.provider,
    timing: p.timing, capture: p.capture, status: p.status, currency: p.currency.toLowerCase(), amount: Number(p.amountMinor), carried_amount: Number(p.carriedMinor),
    authorized_amount: Number(p.authorizedMinor), held_amount: held, captured_amount: Number(p.capturedMinor), refunded_amount: Number(p.refundedMinor),
    reference: p.reference, url, label, failure, return_url: returnUrl, expires: timeOrNull(p.expiresAt),
    ...('refunds' in p ? { refunds: p.refunds.map((refund) => encodeRefund(refund, encoding)), is_busy: p.isBusy } : {}),
    metadata: p.metadata, version: p.version, created: time(p.createdAt), updated: time(p.updatedAt),
  };
}

function encodeRefund(r: Refund, { time }: Encoding) {
  return { id: r.id, object: 'refund', amount: Number(r.amountMinor), status: r.status, reason: r.reason, created: time(r.createdAt), updated: time(r.updatedAt) };
}

export function encodeBill(b: ObjectBill | BillEventData, { time }: Encoding) {
  const { lines, exclTaxMinor, taxMinor, energyWh, startedAt, endedAt, locationId, rules, reason } = b.content;
  return {
    id: b.id, object: 'bill', for: { object: b.object, id: b.objectId }, session: b.sessionId, organisation_id: b.organisationId, operator_id: b.operatorId, driver: b.driverId,
    location_id: locationId, reason, currency: b.currency.toLowerCase(), lines: lines.map((line) => encodeBillLine(line)), excl_tax: exclTaxMinor, tax: taxMinor,
    total: Number(b.totalMinor), carried: Number(b.carriedMinor), outstanding: Number(b.outstandingMinor), energy_wh: energyWh, started_at: time(startedAt),
    ended_at: time(endedAt), rules, invoice: b.invoiceId, invoice_problem: b.invoiceProblem, version: b.version, created: time(b.createdAt), updated: time(b.updatedAt),
  };
}
