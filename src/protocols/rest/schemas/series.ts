/** Series of reservations: what is sent, and how they are shown. */
import Type from 'typebox';
import { MOST_OCCURRENCES, OCCURRENCE_STATUSES, SERIES_STATUSES } from '../../../domain/reservations/series/index.ts';
import { STATUSES } from '../../../domain/reservations/index.ts';
import { Id, InstantOut, Nullable, Strict } from './common.ts';
import { ReservationIn } from './reservation.ts';

export const LocalDate = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$', description: 'a day in the zone of the series' });

const { ideal_start: _start, ideal_end: _end, earliest_start: _earliest, latest_end: _latest, quote: _quote, ...timeless } = ReservationIn.properties;
const minutes = (description: string) => Type.Optional(Type.Integer({ minimum: 1, maximum: 2_880, description }));
const EachIn = Strict({
  ...timeless, earliest_start_minutes_before: minutes('flexible: it may begin so much before its start'),
  latest_end_minutes_after: minutes('flexible: it ends so much after its start at the latest; when the ideal end is, when not given'),
  confirm: Type.Optional(Type.Boolean({
    description: 'confirm each where nothing has to be paid, or assign it at once; true unless said otherwise, since a hold runs out, but false where it is flexible',
  })),
}, { description: 'what each occurrence asks for: the fields of a reservation, with its times said from the start of the occurrence' });

export const SeriesIn = Strict({
  rrule: Type.String({
    minLength: 1, maxLength: 500,
    description: `a recurrence rule of RFC 5545, daily at most, with COUNT or UNTIL: ${MOST_OCCURRENCES} occurrences at most, two years ahead. The time of day is the start's`,
  }),
  start: Type.String({
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$', description: 'from when the rule counts, on the clock of the zone, without an offset',
  }),
  time_zone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: "IANA name; the location's when it is not said" })),
  exdates: Type.Optional(Type.Array(LocalDate, { maxItems: MOST_OCCURRENCES, description: 'days that are left out; they count for COUNT' })),
  reservation: EachIn,
});

export const OccurrenceOut = Type.Object({
  object: Type.Literal('series_occurrence'), date: LocalDate, start: InstantOut, status: Type.Enum([...OCCURRENCE_STATUSES]),
  book_at: Nullable(InstantOut), reservation: Nullable(Id('reservation')), reservation_status: Nullable(Type.Enum([...STATUSES])),
  problem: Nullable(Type.Object({
    code: Type.String(), title: Type.String(), detail: Type.String(), doc_url: Type.String(),
    alternatives: Nullable(Type.Object({}, { additionalProperties: true, description: 'what could have been had instead, when it was refused' })),
  }, { description: 'why it could not be had, or not yet; or why its reservation was not cancelled with the series' })),
});

const counts = Object.fromEntries(OCCURRENCE_STATUSES.map((status) => [status, Type.Integer()]));
const series = {
  id: Id('reservationSeries'), object: Type.Literal('reservation_series'), status: Type.Enum([...SERIES_STATUSES]), organisation_id: Id('organisation'),
  driver: Nullable(Id('driver')), rrule: Type.String(), start: Type.String(), time_zone: Type.String(), exdates: Type.Array(LocalDate),
  reservation: Type.Object({}, { additionalProperties: true, description: 'what each occurrence asks for' }),
  version: Type.Integer(), created: InstantOut, updated: InstantOut, cancelled_at: Nullable(InstantOut),
};
export const SeriesSummaryOut = Type.Object({ ...series, counts: Type.Object(counts, { description: 'occurrences by status' }) });
export const SeriesOut = Type.Object({ ...series, counts: Type.Object(counts, { description: 'occurrences by status' }), occurrences: Type.Array(OccurrenceOut) });
