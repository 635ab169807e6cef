import type { Offer, WaitlistEntry, WaitlistEntryNow } from '../../../domain/reservations/index.ts';
import { encodePlace } from './reservation.ts';
import type { Encoding } from './encoding.ts';

/** How it stands is a guess of the moment, and no part of its versions: events tell nothing of it. */
export function encodeWaitlistEntry(w: WaitlistEntry, encoding: Encoding, standing?: WaitlistEntryNow['standing']) {
  const { time, timeOrNull } = encoding;
  const { wish } = w;
  return {
    id: w.id, object: 'waitlist_entry', status: w.status, organisation_id: w.organisationId, driver: w.driverId, vehicle: w.vehicleId, evse: wish.evseId,
    charging_station: wish.stationId, location_id: wish.locationId, ...encodePlace(wish.area), connector_type: wish.connectorStandards, min_power: wish.minPowerW,
    ideal_start: time(w.idealStart), earliest_start: time(w.earliestStart), latest_end: time(w.latestEnd), duration_minutes: wish.durationMinutes, energy_wh: wish.energyWh,
    position: standing?.position ?? null,
    expected_wait: standing ? { minutes: standing.expectedWait.minutes, days: standing.expectedWait.days, days_with_offer: standing.expectedWait.daysWithOffer } : null,
    offer: w.offer && encodeOffer(w.offer, w.reservationId!, encoding), lapses: w.lapses, skips: w.skipped.length, payment_method: w.paymentMethod, metadata: w.metadata,
    version: w.version, created: time(w.createdAt), updated: time(w.updatedAt), ended_at: timeOrNull(w.endedAt),
  };
}

function encodeOffer(o: Offer, reservationId: string, { time }: Encoding) {
  return {
    reservation: reservationId, location_id: o.locationId, charging_station: o.stationId, evse: o.evseId, connector: o.connectorId, start: time(o.start), end: time(o.end),
    claim_by: time(o.claimBy), reservation_fee: o.reservationFeeMinor, amount_due: o.dueMinor, currency: o.currency.toLowerCase(),
  };
}
