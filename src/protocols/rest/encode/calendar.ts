import type { Booking, Conflict, Occupancy, Outage } from '../../../domain/calendar/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeBooking(b: Booking, { time, timeOrNull }: Encoding) {
  return {
    id: b.id, object: 'booking', kind: b.kind, location_id: b.locationId, evse: b.evseId, reservation: b.reservationId, start: time(b.startsAt), end: time(b.endsAt),
    kept_until: time(b.keptUntil), hold_expires_at: timeOrNull(b.holdExpiresAt), reason: b.reason, created: time(b.createdAt),
  };
}

export function encodeBlock(b: Booking, { time }: Encoding) {
  return { id: b.id, object: 'block', location_id: b.locationId, evse: b.evseId, start: time(b.startsAt), end: time(b.endsAt), reason: b.reason, created: time(b.createdAt) };
}

export function encodeOutage(o: Outage, { time, timeOrNull }: Encoding) {
  return {
    id: o.id, object: 'outage', location_id: o.locationId, evse: o.evseId, reason: o.reason, start: time(o.startsAt), expected_end: timeOrNull(o.expectedEndAt),
    end: timeOrNull(o.endsAt), version: o.version, created: time(o.createdAt),
  };
}

export function encodeOccupancy(o: Occupancy, { time, timeOrNull }: Encoding) {
  return {
    id: o.id, object: 'occupancy', location_id: o.locationId, evse: o.evseId, session: o.sessionId, reservation: o.reservationId, start: time(o.startsAt),
    expected_end: timeOrNull(o.expectedEndAt), end: timeOrNull(o.endsAt),
  };
}

export function encodeConflict(c: Conflict, { time }: Encoding) {
  return {
    id: c.id, object: 'conflict', location_id: c.locationId, evse: c.evseId, booking: c.bookingId, reservation: c.reservationId, cause: c.cause, cause_id: c.causeId,
    status: c.status, resolution: c.resolution, version: c.version, created: time(c.createdAt), updated: time(c.updatedAt),
  };
}
