import type { Payment } from '../../../domain/payments/index.ts';
import { decimalOfUnits, minorDigits } from '../../../domain/pricing/index.ts';
import type { LiveSession, Session, SessionNews, Targets, TrackedSession } from '../../../domain/sessions/index.ts';
import { toRfc3339 } from '../../../platform/clock/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeSession(s: Session, { time, timeOrNull }: Encoding) {
  const { limitNote: limit } = s;
  return {
    id: s.id, object: 'session', type: s.type, status: s.status, operator_id: s.operatorId, location_id: s.locationId, charging_station: s.stationId, evse: s.evseId,
    connector: s.connectorId, driver: s.driverId, reservation: s.reservationId, started_at: time(s.startedAt), start_by: timeOrNull(s.startBy), ends_by: timeOrNull(s.endsBy),
    ended_at: timeOrNull(s.endedAt), ended_reason: s.endedReason, energy_wh: s.energyWh, connection: connectionOf(s), interrupted_at: timeOrNull(s.interruptedAt),
    held_back: s.holdBack, parked_since: timeOrNull(s.parkedSince), targets: s.targets && encodeTargets(s.targets),
    limit: limit && {
      reason: limit.reason, at: time(limit.at), amount: limit.limitMinor ?? null, foreseen: limit.foreseenMinor ?? null, overshoot: limit.overshootMinor ?? null,
    },
    payment: s.paymentId, cost: s.cost && { bill: s.cost.billId, currency: s.cost.currency.toLowerCase(), total: s.cost.totalMinor }, version: s.version,
    created: time(s.createdAt), updated: time(s.updatedAt),
  };
}

/** What an event tells of it besides. */
export function encodeSessionNews({ estimatedRefund, overstay }: SessionNews, { time }: Encoding) {
  const money = ({ currency, amountMinor }: { currency: string; amountMinor: number }) => ({ currency: currency.toLowerCase(), amount: amountMinor });
  return {
    ...(estimatedRefund ? { estimated_refund: money(estimatedRefund) } : {}),
    ...(overstay ? { overstay: { free_until: time(overstay.freeUntil), per_minute: money(overstay.perMinute) } } : {}),
  };
}

const connectionOf = ({ isInterrupted }: Session) => (isInterrupted ? 'interrupted' : 'online');

function encodeTargets({ energyWh, costMinor, durationMinutes, socPercent }: Targets) {
  return { energy_wh: energyWh, cost: costMinor, duration_minutes: durationMinutes, soc_percent: socPercent };
}

/** A session that was asked for: as seed 003 has it, and as we say it. */
export function encodeStarted(s: Session, payment: Payment | undefined, encoding: Encoding) {
  return {
    ...encodeSession(s, encoding), _id: s.id, user: s.driverId, chargestation: s.stationId, payment: payment ? encodeSeedPayment(payment) : null,
    createdAt: toRfc3339(s.createdAt), updatedAt: toRfc3339(s.updatedAt),
  };
}

function encodeSeedPayment(p: Payment) {
  return {
    _id: p.id, session: p.objectId, currency: p.currency.toLowerCase(), authorized_amount: Number(decimalOfUnits(p.authorizedMinor, minorDigits(p.currency))),
    authorized_amount_minor: Number(p.authorizedMinor), type: p.method === 'wallet' ? 'api_wallet' : p.method, status: p.status, url: p.details.url ?? null,
    createdAt: toRfc3339(p.createdAt), updatedAt: toRfc3339(p.updatedAt),
  };
}

export function encodeLive(l: LiveSession, { timeOrNull }: Encoding) {
  const minor = (amount: bigint | null) => (amount === null ? null : Number(amount));
  return {
    object: 'live_session', session: l.session.id, status: l.session.status, connection: connectionOf(l.session), energy_wh: l.energyWh, power_w: l.powerW, current_a: l.currentA,
    voltage_v: l.voltageV, soc_percent: l.socPercent, charging_state: l.chargingState, read_at: timeOrNull(l.readAt), cost: minor(l.costMinor),
    currency: l.currency?.toLowerCase() ?? null, authorized: minor(l.authorizedMinor), remaining: minor(l.remainingMinor),
    estimated_refund: minor(l.estimatedRefundMinor), estimated_end: timeOrNull(l.estimatedEnd),
  };
}

/** For anybody who has its link: what of it is no matter of its driver's alone. */
export function encodeTracked({ live: l, place, validUntil }: TrackedSession, { time, timeOrNull }: Encoding) {
  const { name, address, city, timeZone, evse } = place;
  return {
    object: 'tracked_session', status: l.session.status, connection: connectionOf(l.session), energy_wh: l.energyWh, power_w: l.powerW, soc_percent: l.socPercent,
    charging_state: l.chargingState, cost: l.costMinor === null ? null : Number(l.costMinor), currency: l.currency?.toLowerCase() ?? null,
    started_at: time(l.session.startedAt), ended_at: timeOrNull(l.session.endedAt), estimated_end: timeOrNull(l.estimatedEnd), read_at: timeOrNull(l.readAt),
    valid_until: timeOrNull(validUntil), location: { name, address, city, time_zone: timeZone, evse },
  };
}
