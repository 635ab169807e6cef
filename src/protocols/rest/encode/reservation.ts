import type { Static } from 'typebox';
import {
  cancelQuote, enforcementOf, freeUntilBeforeSeconds, isOnDriverSide, type BookingPolicy, type CancelQuote, type PolicyInForce, type Reservation,
} from '../../../domain/reservations/index.ts';
import type { Area } from '../../../domain/geography/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { isCurrency } from '../../../domain/pricing/index.ts';
import { MINUTE_MS } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { encodeArea } from '../schemas/area.ts';
import type { PolicyPatch } from '../schemas/reservation.ts';
import type { Encoding } from './encoding.ts';
import { encodeAlternatives } from './slots.ts';

/** Metadata, payment method and vehicle are for the driver's side only; the operator gets them empty. */
export function encodeReservation(ctx: Pick<Context, 'actor' | 'now'>, r: Reservation, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  const driverSide = isOnDriverSide(ctx, r);
  const freeUntil = freeUntilBeforeSeconds(r.policy);
  return {
    id: r.id, object: 'reservation', mode: r.mode, status: r.status, failed_reason: r.failedReason, ended_detail: r.endedDetail, cancelled_by: r.cancelledBy,
    organisation_id: r.organisationId, operator_id: r.operatorId, location_id: r.locationId, charging_station: r.stationId, evse: r.evseId,
    connector: r.connectorId, connector_type: r.connectorStandards,
    ideal_start: time(r.idealStart), ideal_end: time(r.idealEnd), earliest_start: time(r.earliestStart), latest_end: time(r.latestEnd),
    reserved_start: timeOrNull(r.reservedStart), reserved_end: timeOrNull(r.reservedEnd), time_zone: r.timeZone, hold_expires_at: timeOrNull(r.holdExpiresAt),
    kept_until: timeOrNull(r.noShowAt), expected_arrival: timeOrNull(r.expectedArrival), driver: r.driverId, vehicle: driverSide ? r.vehicleId : null, session: r.sessionId,
    moved_because: r.movedBecause ?? null, enforcement: enforcementOf(r),
    series: driverSide ? r.seriesId ?? null : null, waitlist_entry: driverSide ? r.waitlistEntryId ?? null : null,
    energy_wh: r.energyWh, ...encodeWish(r.wish), assign_at: timeOrNull(r.assignAt), outlook: r.outlook && encodeOutlook(r.outlook, encoding),
    assignment: r.assignment && encodeAssignment(r.assignment, encoding), reservation_fee: r.reservationFeeMinor, currency: r.currency.toLowerCase(),
    quote: driverSide ? r.quoteId ?? null : null, payment_method: driverSide ? r.paymentMethod : null,
    no_show_fee: r.noShowFeeMinor,
    cancellation_policy: freeUntil === null ? null : { type: 'free_cancellation', free_until_before: freeUntil },
    cancel_quote: encodeQuote(cancelQuote(r, ctx.now)), policy: encodePolicy(r.policy), metadata: driverSide ? r.metadata : {}, version: r.version, created: time(r.createdAt),
    updated: time(r.updatedAt), confirmed_at: timeOrNull(r.confirmedAt), ended_at: timeOrNull(r.endedAt),
  };
}

function encodeWish(wish: Reservation['wish']) {
  return { ...encodePlace(wish?.area ?? null), min_power: wish?.minPowerW ?? null };
}

/** An area, and as `location` where it is a circle, as the seed has it. */
export function encodePlace(area: Area | null) {
  const location = area?.type === 'circle' ? { latitude: area.latitude, longitude: area.longitude, radius: area.radiusM } : null;
  return { location, area: area && encodeArea(area) };
}

type Note = NonNullable<Reservation['assignment']>;

export function encodeTried(tried: Note['tried']) {
  return { evses_in_area: tried.evsesInArea, evses_fitting: tried.evsesFitting, evses_offering: tried.evsesOffering, evses_free: tried.evsesFree, slots: tried.options };
}

function encodeOutlook({ likelihood, isPlanned, plannedAt, tried }: NonNullable<Reservation['outlook']>, { time }: Encoding) {
  return { likelihood, planned: isPlanned, as_of: time(plannedAt), tried: encodeTried(tried) };
}

function encodeAssignment({ decidedAt, reason, tried, got, alternatives }: Note, encoding: Encoding) {
  return {
    decided_at: encoding.time(decidedAt), reason, tried: encodeTried(tried), displacement_minutes: got === null ? null : got.displacementMs / MINUTE_MS,
    distance_m: got?.distanceM ?? null,
    rank: got?.rank ?? null, kept_from_better_time: got?.time ?? null, kept_from_nearer_place: got?.place ?? null,
    alternatives: alternatives && encodeAlternatives(alternatives, encoding),
  };
}

export function encodeQuote(quote: CancelQuote) {
  return {
    cancellable: quote.cancellable, reason: quote.reason, refund_percent: quote.refundPercent, refund: quote.refundMinor, cancellation_fee: quote.cancellationFeeMinor,
    no_show_fee: quote.noShowFeeMinor, currency: quote.currency.toLowerCase(),
  };
}

export function encodePolicy(p: BookingPolicy) {
  return {
    mode: p.mode, slot_grid_minutes: p.slotGridMinutes, min_duration_minutes: p.minDurationMinutes, max_duration_minutes: p.maxDurationMinutes, min_lead_minutes: p.minLeadMinutes,
    max_lead_minutes: p.maxLeadMinutes, buffer_minutes: p.bufferMinutes, early_start_minutes: p.earlyStartMinutes, late_stop_minutes: p.lateStopMinutes,
    no_show_minutes: p.noShowMinutes, grace_minutes: p.graceMinutes, hold_minutes: p.holdMinutes,
    fee: { currency: p.fee.currency.toLowerCase(), fixed: p.fee.fixedMinor, per_minute: p.fee.perMinuteMinor, deposit: p.fee.depositMinor, credited: p.fee.credited },
    no_show_fee: p.noShowFeeMinor, payment_timing: p.paymentTiming ?? 'post_fulfillment', compensation: p.compensationMinor ?? 0,
    refund_tiers: p.refundTiers.map((tier) => ({ min_minutes_before_start: tier.minMinutesBeforeStart, refund_percent: tier.refundPercent })),
    change_until_minutes: p.changeUntilMinutes, cancel_until_minutes: p.cancelUntilMinutes, max_active_per_driver: p.maxActivePerDriver,
    no_show_ban: p.noShowBan && { consecutive: p.noShowBan.consecutive, ban_minutes: p.noShowBan.banMinutes }, walk_in_share_percent: p.walkInSharePercent,
    walk_in_into_slot: p.walkInIntoSlot, backup_evse_uids: p.backupEvseUids, on_fault: p.onFault,
  };
}

export function encodePolicyVersion(p: PolicyInForce, encoding: Encoding) {
  return {
    id: p.id, object: 'policy', operator_id: p.operatorId, location_id: p.locationId, version: p.version, created: encoding.timeOrNull(p.createdAt), ...encodePolicy(p.policy),
  };
}

/** A currency of ISO 4217, in any case. */
export function decodeCurrency(word: string, pointer: string): string {
  const currency = word.toUpperCase();
  if (isCurrency(currency)) return currency;
  throw new DomainError('invalid_request', `No currency has the code "${word}".`, { errors: [{ pointer, message: 'must be a currency of ISO 4217' }] });
}

export function decodePolicy(sent: Static<typeof PolicyPatch>): Partial<BookingPolicy> {
  const { fee, no_show_ban: ban, refund_tiers: tiers } = sent;
  const decoded: Partial<BookingPolicy> = {
    mode: sent.mode, slotGridMinutes: sent.slot_grid_minutes, minDurationMinutes: sent.min_duration_minutes, maxDurationMinutes: sent.max_duration_minutes,
    minLeadMinutes: sent.min_lead_minutes, maxLeadMinutes: sent.max_lead_minutes, bufferMinutes: sent.buffer_minutes, earlyStartMinutes: sent.early_start_minutes,
    lateStopMinutes: sent.late_stop_minutes, noShowMinutes: sent.no_show_minutes, graceMinutes: sent.grace_minutes, holdMinutes: sent.hold_minutes,
    fee: fee && {
      currency: decodeCurrency(fee.currency, '/fee/currency'), fixedMinor: fee.fixed, perMinuteMinor: fee.per_minute, depositMinor: fee.deposit,
      credited: fee.credited,
    },
    noShowFeeMinor: sent.no_show_fee, paymentTiming: sent.payment_timing, compensationMinor: sent.compensation,
      refundTiers: tiers?.map((tier) => ({ minMinutesBeforeStart: tier.min_minutes_before_start, refundPercent: tier.refund_percent })),
    changeUntilMinutes: sent.change_until_minutes, cancelUntilMinutes: sent.cancel_until_minutes, maxActivePerDriver: sent.max_active_per_driver,
    noShowBan: ban && { consecutive: ban.consecutive, banMinutes: ban.ban_minutes }, walkInSharePercent: sent.walk_in_share_percent, walkInIntoSlot: sent.walk_in_into_slot,
    backupEvseUids: sent.backup_evse_uids, onFault: sent.on_fault,
  };
  return Object.fromEntries(Object.entries(decoded).filter(([, value]) => value !== undefined));
}
