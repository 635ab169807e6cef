import type {
  AutoTopUp, BillEventData, ObjectBill, Outstanding, PaymentEventData, PaymentMethodEventData, PaymentWithRefunds, Refund, TerminalSettlement, TopUp, TopUpWithPayment,
} from '../../../domain/payments/index.ts';
import type { Encoding } from './encoding.ts';
import { encodeBillLine } from './prices.ts';

/** Amounts are far from what is no whole number in JSON: the ledger sees to that. */
export function encodePayment(p: PaymentWithRefunds | PaymentEventData, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  const { url = null, label = null, failure = null, returnUrl = null, paymentMethodId = null, settlement = null } = p.details;
  const held = p.holds.reduce((sum, { amountMinor }) => sum + Number(amountMinor), 0);
  return {
    id: p.id, object: 'payment', for: { object: p.object, id: p.objectId }, organisation_id: p.organisationId, driver: p.driverId, method: p.method, provider: p.provider,
    timing: p.timing, capture: p.capture, status: p.status, currency: p.currency.toLowerCase(), amount: Number(p.amountMinor), carried_amount: Number(p.carriedMinor),
    authorized_amount: Number(p.authorizedMinor), held_amount: held, captured_amount: Number(p.capturedMinor), refunded_amount: Number(p.refundedMinor),
    reference: p.reference, provider_reference: p.providerRef, settlement: settlement && encodeSettlement(settlement),
    url, label, payment_method: paymentMethodId, failure, return_url: returnUrl, expires: timeOrNull(p.expiresAt),
    ...('refunds' in p ? { refunds: p.refunds.map((refund) => encodeRefund(refund, encoding)), is_busy: p.isBusy } : {}),
    metadata: p.metadata, version: p.version, created: time(p.createdAt), updated: time(p.updatedAt),
  };
}

function encodeSettlement({ status, amountMinor, at, receiptId, receiptUrl }: TerminalSettlement) {
  return { status, amount: Number(amountMinor), at, receipt_id: receiptId ?? null, receipt_url: receiptUrl ?? null };
}

function encodeRefund(r: Refund, { time }: Encoding) {
  return { id: r.id, object: 'refund', amount: Number(r.amountMinor), status: r.status, reason: r.reason, created: time(r.createdAt), updated: time(r.updatedAt) };
}

export function encodeBill(b: ObjectBill | BillEventData, { time }: Encoding) {
  const { lines, exclTaxMinor, taxMinor, energyWh, startedAt, endedAt, locationId, rules, reason } = b.content;
  return {
    id: b.id, object: 'bill', for: { object: b.object, id: b.objectId }, session: b.sessionId, organisation_id: b.organisationId, operator_id: b.operatorId, driver: b.driverId,
    signed_meter_values: b.sessionId === null ? null : `/v1/sessions/${b.sessionId}/signed_meter_values`,
    location_id: locationId, reason, currency: b.currency.toLowerCase(), lines: lines.map((line) => encodeBillLine(line)), excl_tax: exclTaxMinor, tax: taxMinor,
    total: Number(b.totalMinor), carried: Number(b.carriedMinor), outstanding: Number(b.outstandingMinor), energy_wh: energyWh, started_at: time(startedAt),
    ended_at: time(endedAt), rules, invoice: b.invoiceId, invoice_problem: b.invoiceProblem, version: b.version, created: time(b.createdAt), updated: time(b.updatedAt),
  };
}

export function encodeTopUp(t: TopUpWithPayment | TopUp<string>, encoding: Encoding) {
  const { time } = encoding;
  const paid = 'payment' in t ? { url: t.payment.details.url ?? null, payment: encodePayment(t.payment, encoding) } : { payment: t.paymentId };
  return {
    id: t.id, object: 'top_up', type: t.type, organisation_id: t.organisationId, driver: t.driverId, currency: t.currency.toLowerCase(), amount: Number(t.amountMinor),
    wallet_amount: Number(t.walletAmountMinor), credited: Number(t.creditedMinor), status: t.status, ...paid, metadata: t.metadata, version: t.version,
    created: time(t.createdAt), updated: time(t.updatedAt),
  };
}

/** Which one is the default only a list of them tells. */
export function encodePaymentMethod(m: PaymentMethodEventData, { time }: Encoding, isDefault?: boolean) {
  return {
    id: m.id, object: 'payment_method', driver: m.driverId, provider: m.provider, label: m.label, ...(isDefault === undefined ? {} : { is_default: isDefault }),
    version: m.version, created: time(m.createdAt), updated: time(m.updatedAt),
  };
}

export function encodeAutoTopUp(a: AutoTopUp, { time, timeOrNull }: Encoding) {
  return {
    object: 'auto_top_up', driver: a.driverId, currency: a.currency.toLowerCase(), active: a.active, payment_method: a.paymentMethodId, amount: Number(a.amountMinor),
    below: Number(a.belowMinor), rests_until: timeOrNull(a.restsUntil), failure: a.failure, version: a.version, updated: time(a.updatedAt),
  };
}

export function encodeOutstanding({ id, driverId, currency, owedMinor, bills }: Outstanding, { time }: Encoding) {
  return {
    id, object: 'outstanding', driver: driverId, currency: currency.toLowerCase(), amount: Number(owedMinor),
    bills: bills.map(({ bill, owedMinor: part }) => ({
      bill: bill.id, for: { object: bill.object, id: bill.objectId }, total: Number(bill.totalMinor), amount: Number(part), created: time(bill.createdAt),
    })),
  };
}
