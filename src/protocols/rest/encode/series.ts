import {
  OCCURRENCE_STATUSES, shownStatus, type Occurrence, type Series, type SeriesEventData, type SeriesWithOccurrences,
} from '../../../domain/reservations/series/index.ts';
import { ERRORS } from '../../../platform/errors/index.ts';
import { encodeArea } from '../schemas/area.ts';
import type { Encoding } from './encoding.ts';
import { encodeAlternatives } from './slots.ts';

export function encodeSeries(found: SeriesWithOccurrences, encoding: Encoding) {
  return { ...encodeSummary(found, encoding), occurrences: found.occurrences.map((occurrence) => encodeOccurrence(occurrence, encoding)) };
}

/** Without its occurrences, for lists. */
export function encodeSummary({ series, occurrences }: SeriesWithOccurrences, encoding: Encoding) {
  const shown = occurrences.map(shownStatus);
  const counts = Object.fromEntries(OCCURRENCE_STATUSES.map((status) => [status, shown.filter((other) => other === status).length]));
  return { ...encodeBare(series, encoding), counts };
}

/** An event is about the series as it was then, and an occurrence of it. */
export function encodeSeriesEvent(data: SeriesEventData, encoding: Encoding) {
  return { ...encodeBare(data, encoding), occurrence: data.occurrence && encodeOccurrence(data.occurrence, encoding) };
}

function encodeBare(s: Series, { time, timeOrNull }: Encoding) {
  return {
    id: s.id, object: 'reservation_series', status: s.status, organisation_id: s.organisationId, driver: s.driverId, rrule: s.rrule, start: s.startsLocal, time_zone: s.timeZone,
    exdates: s.excludedDates, reservation: encodeWish(s), version: s.version, created: time(s.createdAt), updated: time(s.updatedAt), cancelled_at: timeOrNull(s.cancelledAt),
  };
}

/** As it was sent; what was not said is not there. */
function encodeWish({ wish: w }: Series) {
  const where = 'area' in w ? {
    area: encodeArea(w.area), min_power: w.minPowerW, earliest_start_minutes_before: w.earliestStartMinutesBefore, latest_end_minutes_after: w.latestEndMinutesAfter,
  } : { evse: w.evseId, charging_station: w.stationId, location_id: w.locationId, connector: w.connectorId };
  return {
    ...where, connector_type: w.connectorStandards, duration_minutes: w.durationMinutes, energy_wh: w.energyWh,
    spend: w.amount && { amount: w.amount.amountMinor, price_per_kwh: String(w.amount.pricePerKwhMinor) }, driver: w.driverId, vehicle: w.vehicleId,
    metadata: w.metadata, payment_method: w.paymentMethod, confirm: w.confirm,
  };
}

export function encodeOccurrence(o: Occurrence, encoding: Encoding) {
  const { problem } = o;
  return {
    object: 'series_occurrence', date: o.date, start: encoding.time(o.startsAt), status: shownStatus(o), book_at: o.status === 'scheduled' ? encoding.timeOrNull(o.dueAt) : null,
    reservation: o.reservationId, reservation_status: o.reservationStatus,
    problem: problem && {
      code: problem.code, title: ERRORS[problem.code].title, detail: problem.detail, doc_url: `/docs/errors#${problem.code}`,
      alternatives: problem.details.alternatives === undefined ? null : encodeAlternatives(problem.details.alternatives, encoding),
    },
  };
}
