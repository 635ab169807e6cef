import type { GuestSession, Session, WalkInEstimate, WalkInOffer } from '../../../domain/sessions/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeWalkInOffer({ location, evse, connector, obstacle, obstacleAt, endsBy, price, rules }: WalkInOffer, estimate: WalkInEstimate | null,
  { timeOrNull }: Encoding) {
  const { id, name, address, city, timeZone } = location;
  return {
    object: 'walk_in_offer', connector: connector.id, evse: evse.id, evse_name: evse.physicalReference ?? null, evse_status: evse.status, connector_type: connector.standard,
    max_power: connector.maxPowerW, location: { id, name, address, city, time_zone: timeZone }, obstacle, obstacle_at: timeOrNull(obstacleAt), ends_by: timeOrNull(endsBy),
    price: price && {
      currency: price.currency.toLowerCase(), per_kwh: price.perKwh, per_hour: price.perHour, per_parked_hour: price.perParkedHour, per_session: price.perSession,
    },
    price_texts: (rules?.rules.tariff.altText ?? []).map(({ language, text }) => ({ language, text })), estimate: estimate && encodeWalkInEstimate(estimate),
  };
}

export function encodeWalkInEstimate({ currency, energyWh, durationMs, totalMinor, holdMinor }: WalkInEstimate) {
  return { currency: currency.toLowerCase(), energy_wh: energyWh, duration_minutes: Math.ceil(durationMs / 60_000), total: Number(totalMinor), hold: Number(holdMinor) };
}

/** @param receiptUrl where its receipt is, once it is written */
export function encodeGuestSession({ session, payment, invoice }: Pick<GuestSession, 'payment' | 'invoice'> & { session: Session }, receiptUrl: string, { timeOrNull }: Encoding) {
  const { id, status, startBy, endedReason, cost } = session;
  return {
    object: 'guest_session', session: id, status, start_by: timeOrNull(startBy), ended_reason: endedReason,
    payment: payment ? {
      status: payment.status, currency: payment.currency.toLowerCase(), amount: Number(payment.amountMinor), captured_amount: Number(payment.capturedMinor),
      url: status === 'created' ? payment.details.url ?? null : null,
    } : null,
    cost: cost && { currency: cost.currency.toLowerCase(), total: cost.totalMinor }, receipt_url: invoice ? receiptUrl : null,
  };
}
