/** The judges of histories: each must see what it is there to see. */
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, type Reservation, type WaitlistEntry } from '../../src/domain/reservations/index.ts';
import { ALWAYS_OPEN } from '../../src/domain/stations/index.ts';
import type { Json } from '../support/api.ts';
import { HOUR, MINUTE } from '../support/world.ts';
import type { Call } from './calls.ts';
import type { BookingFact, EventFact, Facts } from './facts.ts';
import { judgeReader } from './judge-reader.ts';
import { judgeRest } from './judge-rest.ts';
import type { Move } from './history.ts';
import type { Network } from './network.ts';
import { judge, judgeOrder } from './oracle.ts';

const NOON = Date.UTC(2027, 2, 1, 12);
const CALLER = { name: 'provider-1', key: 'k', organisationId: 'org_a' };
const NETWORK: Network = { id: 'net_a', startsAt: NOON - HOUR, places: [], drivers: [], operators: [CALLER, CALLER], providers: [CALLER, CALLER] };

const booking = (more: Partial<BookingFact> = {}): BookingFact => ({
  id: 'bkg_1', locationId: 'loc_a', evseId: 'evse_a', kind: 'booked', reservationId: 'res_1', startsAt: NOON + HOUR, endsAt: NOON + 2 * HOUR,
  keptUntil: NOON + 2 * HOUR + 5 * MINUTE, holdExpiresAt: null, reason: null, createdAt: NOON, releasedAt: null, ...more,
});
const reservation = (more: Partial<Reservation> = {}): Reservation => ({
  id: 'res_1', networkId: 'net_a', organisationId: 'org_a', operatorId: 'org_b', mode: 'exact', status: 'confirmed', locationId: 'loc_a', stationId: 'chst_a',
  evseId: 'evse_a', connectorId: 'con_a', bookingId: 'bkg_1', driverId: 'drv_a', vehicleId: null, reservedStart: NOON + HOUR, reservedEnd: NOON + 2 * HOUR,
  holdExpiresAt: null, noShowAt: NOON + HOUR + 15 * MINUTE, assignAt: null, outlook: null, policyId: null, policy: { ...DEFAULT_POLICY, bufferMinutes: 5 },
  metadata: {}, version: 1, createdAt: NOON, updatedAt: NOON, connectorStandards: [], idealStart: NOON + HOUR, idealEnd: NOON + 2 * HOUR, earliestStart: NOON + HOUR,
  latestEnd: NOON + 2 * HOUR, timeZone: 'UTC', energyWh: null, paymentMethod: null, reservationFeeMinor: 0, currency: 'EUR', confirmedAt: NOON, endedAt: null,
  failedReason: null, endedDetail: null, cancelledBy: null, expectedArrival: null, leftAt: null, sessionId: null, sessionStartedAt: null, noShowFeeMinor: 0, wish: null,
  assignment: null, movedBecause: null, seriesId: null, waitlistEntryId: null, ...more,
});
const tells = (type: string, r: Reservation, occurredAt = NOON): Omit<EventFact, 'position'> => ({
  type: `reservation.${type}`, object: 'reservation', objectId: r.id, objectVersion: r.version, isPublic: false, audience: [], requestId: null, occurredAt,
  data: r as unknown as Record<string, unknown>,
});
const shown = (r: Reservation): Json => {
  const at = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
  return {
    object: 'reservation', id: r.id, version: r.version, status: r.status, evse: r.evseId, reserved_start: at(r.reservedStart), reserved_end: at(r.reservedEnd),
    hold_expires_at: at(r.holdExpiresAt), assign_at: at(r.assignAt), kept_until: at(r.noShowAt), session: r.sessionId, driver: r.driverId,
  };
};
const answered = (name: string, r: Reservation): Call => ({
  step: 1, name, key: 'k', as: CALLER, method: 'POST', path: `/v1/reservations/${r.id}`, answer: { status: 200, headers: new Headers(), body: shown(r) }, lost: 0,
});
/** A history of these changes, told and acknowledged, with what is left of it. */
function history(changes: [type: string, name: string, state: Reservation, at?: number][], bookings: BookingFact[], more: Partial<Facts> = {}): [Facts, Call[]] {
  const latest = new Map(changes.map(([, , state]) => [state.id, state]));
  const evse = { locationId: 'loc_a', connectors: [{ id: 'con_a', standard: 'IEC_62196_T2' }], latitude: 50, longitude: 10, timeZone: 'UTC', openingTimes: ALWAYS_OPEN };
  const events = changes.map(([type, , state, at], i) => ({ ...tells(type, state, at), position: i + 1 }));
  return [{
    now: NOON + 10 * MINUTE, events, lastPosition: events.length, reservations: [...latest.values()], entries: [], bookings, sessions: [], occupancies: [], outages: [],
    conflicts: [], occurrences: [], evses: [{ ...evse, id: 'evse_a' }, { ...evse, id: 'evse_b' }], freedTimes: 0, leases: [], ...more,
  }, changes.flatMap(([, name, state]) => (name === '' ? [] : [answered(name, state)]))];
}
const all = ([facts, calls]: [Facts, Call[]]): string[] =>
  [...judge(facts, { calls, network: NETWORK, moves: [] }), ...judgeOrder(facts), ...judgeRest(facts, 0)].map(({ says }) => says);

const held = reservation({ status: 'pending', holdExpiresAt: NOON + 10 * MINUTE, noShowAt: null, confirmedAt: null });
const OFFER = {
  locationId: 'loc_a', stationId: 'chst_a', evseId: 'evse_a', connectorId: 'con_a', start: NOON + HOUR, end: NOON + 2 * HOUR, claimBy: NOON + 10 * MINUTE,
  reservationFeeMinor: 0, dueMinor: 0, currency: 'EUR',
};
const second = reservation({ version: 2 });
const gone = reservation({ version: 3, status: 'cancelled', bookingId: null, noShowAt: null });
const other = (more: Partial<Reservation> = {}) => reservation({ id: 'res_2', bookingId: 'bkg_2', ...more });
const otherBooking = (more: Partial<BookingFact> = {}) => booking({ id: 'bkg_2', reservationId: 'res_2', ...more });
const outage = {
  id: 'out_1', networkId: 'net_a', locationId: 'loc_a', evseId: 'evse_a', reason: 'broken', isRetirement: false, isReported: false, startsAt: NOON,
  expectedEndAt: null, endsAt: null,
  version: 1, createdAt: NOON,
};

describe('the judges of a history', () => {
  it('find nothing wrong with one in which all was well', () => {
    const released = booking({ releasedAt: NOON + MINUTE });
    expect(all(history([['created', 'reserve', held], ['confirmed', 'confirm', second], ['cancelled', 'cancel', gone, NOON + MINUTE]], [released]))).toEqual([]);
    const after = { createdAt: NOON + 2 * MINUTE };
    expect(all(history(
      [['confirmed', 'reserve', reservation()], ['cancelled', 'cancel', { ...gone, version: 2 }, NOON + MINUTE], ['confirmed', 'reserve', other(), NOON + 2 * MINUTE]],
      [booking({ releasedAt: NOON + MINUTE }), otherBooking(after)],
    ))).toEqual([]);
  });

  it.each<[string, [Facts, Call[]], RegExp]>([
    ['promises that overlapped while both stood, though one is gone now', history(
      [['confirmed', 'reserve', reservation()], ['confirmed', 'reserve', other()], ['cancelled', 'cancel', { ...gone, version: 2 }]],
      [booking({ releasedAt: NOON }), otherBooking()],
    ), /bkg_2 overlaps bkg_1/],
    ['a promise that was taken back without a word', history([['confirmed', 'reserve', reservation()]], [booking({ releasedAt: NOON })]), /was there from/],
    ['a promise that nobody told of', history([], [booking()]), /no event tells of bkg_1/],
    ['a promise at another time', history([['confirmed', 'reserve', reservation()]], [booking({ startsAt: NOON + MINUTE })]), /another place or time/],
    ['a promise without its buffer', history([['confirmed', 'reserve', reservation()]], [booking({ keptUntil: NOON + 2 * HOUR })]), /buffer/],
    ['a final state that changed', history(
      [['confirmed', 'reserve', reservation()], ['cancelled', 'cancel', { ...gone, version: 2 }], ['updated', 'update', { ...gone, version: 3 }]],
      [booking({ releasedAt: NOON })],
    ), /nothing leads from cancelled to cancelled/],
    ['a version that is missing', history([['created', 'reserve', held], ['cancelled', 'cancel', gone]], [booking({ releasedAt: NOON })]), /version 1 is followed by 3/],
    ['an answer that was lost', (([facts, calls]) => [facts, [...calls, answered('extend', second)]])(
      history([['confirmed', 'reserve', reservation()]], [booking()])), /which is lost/],
    ['an answer that was not kept', (([facts]) => [facts, [answered('reserve', reservation({ evseId: 'evse_b' }))]])(
      history([['confirmed', 'reserve', reservation()]], [booking()])), /was told/],
    ['a row that went on without an event', history([['confirmed', 'reserve', reservation()]], [booking()], { reservations: [second] }), /at version 2/],
    ['an event that nothing caused', history([['confirmed', '', reservation()]], [booking()]), /nothing caused it/],
    ['a hold that ended before its time', history(
      [['created', 'reserve', held], ['failed', '', { ...gone, version: 2, status: 'failed', endedDetail: 'hold_expired' }, NOON + MINUTE]],
      [booking({ releasedAt: NOON + MINUTE })],
    ), /nothing caused it/],
    ['a slot off the grid', history(
      [['confirmed', 'reserve', reservation({ reservedStart: NOON + HOUR + MINUTE })]], [booking({ startsAt: NOON + HOUR + MINUTE })],
    ), /off the grid/],
    ['a slot while the place is closed', (([facts, calls]) => [{ ...facts, evses: facts.evses.map((evse) => ({
      ...evse, openingTimes: { ...ALWAYS_OPEN, twentyFourSeven: false, regularHours: [{ weekday: 1, periodBegin: '08:00', periodEnd: '13:30' }] },
    })) }, calls])(history([['confirmed', 'reserve', reservation()]], [booking()])), /is closed/],
    ['more reservations of a driver than are allowed', history(
      [['confirmed', 'reserve', reservation()], ['confirmed', 'reserve', other({ evseId: 'evse_b', policy: { ...reservation().policy, maxActivePerDriver: 1 } })]],
      [booking(), otherBooking({ evseId: 'evse_b' })],
    ), /drv_a has 2 active/],
    ['a share for walk-ins that was booked', history(
      [['confirmed', 'reserve', reservation()], ['confirmed', 'reserve', other({ evseId: 'evse_b', policy: { ...reservation().policy, walkInSharePercent: 50 } })]],
      [booking(), otherBooking({ evseId: 'evse_b' })],
    ), /kept for walk-ins/],
    ['a flexible one outside its area', history([
      ['created', 'wishFor', flexible()], ['confirmed', 'confirm', reservation({ ...flexible(), ...placed(), version: 2, wish: wishAt(51) })],
    ], [booking()]), /outside its area/],
    ['a flexible one outside its window', history([
      ['created', 'wishFor', flexible()], ['confirmed', 'confirm', reservation({ ...flexible(), ...placed(), version: 2, latestEnd: NOON + HOUR })],
    ], [booking()]), /outside its window/],
    ['a flexible one at another connector', history([
      ['created', 'wishFor', flexible()], ['confirmed', 'confirm', reservation({ ...flexible(), ...placed(), version: 2, connectorStandards: ['CHADEMO'] })],
    ], [booking()]), /the connector of/],
    ['a fault that nobody noticed', history([['confirmed', 'reserve', reservation()]], [booking()], { outages: [outage] }), /nobody has noticed/],
    ['a conflict with a promise that is gone', history([], [], { conflicts: [{
      id: 'cfl_1', networkId: 'net_a', operatorId: 'org_b', locationId: 'loc_a', evseId: 'evse_a', bookingId: 'bkg_9', reservationId: 'res_9', cause: 'outage',
      causeId: 'out_1', status: 'open', resolution: null, version: 1, createdAt: NOON, updatedAt: NOON, settleAt: null,
    }] }), /does not stand against/],
    ['what is due and not done', history([['created', 'reserve', held]], [booking({ kind: 'hold', holdExpiresAt: NOON + 10 * MINUTE })]), /is due/],
    ['time that became free and is offered to nobody', history([], [], { freedTimes: 1 }), /is due/],
    ['a neighbourhood that is kept from others', history([], [], { leases: ['req_1'] }), /keeps others/],
    ['a hold that ended late', history(
      [['created', 'reserve', held], ['failed', '', { ...gone, version: 2, status: 'failed', endedDetail: 'hold_expired' }, NOON + 12 * MINUTE]],
      [booking({ releasedAt: NOON + 12 * MINUTE })],
    ), /the end of its hold was due at 2027-03-01T12:10:00.000Z, 120 s before/],
    ['a car that was not there, and kept its slot', history(
      [['confirmed', 'reserve', reservation()], ['cancelled', 'cancel', { ...gone, version: 2 }, NOON + 90 * MINUTE]], [booking({ releasedAt: NOON + 90 * MINUTE })],
    ), /its no-show was due/],
    ['an assignment that came late', history([
      ['created', 'wishFor', flexible()], ['confirmed', '', reservation({ ...flexible(), ...placed(), version: 2 }), NOON + 8 * MINUTE],
    ], [booking({ createdAt: NOON + 8 * MINUTE })]), /its assignment was due/],
    ['an offer that is not held', history([], [], { entries: [entry({ status: 'offered', reservationId: 'res_9' })] }), /offered what is not held/],
    ['a claim of nothing', history([], [], { entries: [entry({ status: 'claimed', reservationId: 'res_9' })] }), /claimed what is not there/],
    ['a hold that is the offer of nobody', history([['created', 'reserve', { ...held, waitlistEntryId: 'wle_1' }]], [booking({ kind: 'hold' })], {
      entries: [entry({ status: 'waiting' })],
    }), /the offer of nobody/],
    ['an entry that goes on when its window is over', history([], [], { entries: [entry({ status: 'waiting', lastStart: NOON })] }), /is due/],
    ['an offer of something else than what is held', waiting([
      ['offered', { status: 'offered', reservationId: 'res_1', offer: { ...OFFER, evseId: 'evse_b' } }],
    ]), /which is another thing/],
    ['an offer outside the window', waiting([['offered', { status: 'offered', reservationId: 'res_1', offer: OFFER, latestEnd: NOON + HOUR }]]), /outside its window/],
    ['an offer of what was skipped', waiting([
      ['offered', { status: 'offered', reservationId: 'res_1', offer: OFFER, skipped: [{ locationId: 'loc_a', start: NOON, end: NOON + 90 * MINUTE }] }],
    ]), /has been skipped/],
    ['a claim by who was offered nothing', waiting([['claimed', { status: 'claimed' }]]), /nothing leads from waiting to claimed/],
    ['an offer that nobody made', waiting([['offered', { status: 'offered', reservationId: 'res_9', offer: OFFER }]]), /which nobody holds/],
    ['an event without its place', history([], [], { lastPosition: 1 }), /sequencer/],
  ])('find %s', (_what, [facts, calls], says) => {
    expect(all([facts, calls])).toContainEqual(expect.stringMatching(says));
  });
});

describe('the judge of times', () => {
  const late = { ...gone, version: 2, status: 'failed', endedDetail: 'hold_expired' } as const;
  const findings = (moves: Move[]) => {
    const [facts, calls] = history([['created', 'reserve', held, NOON + MINUTE], ['failed', '', late, NOON + 30 * MINUTE]], [booking()]);
    return judge(facts, { calls, network: NETWORK, moves }).filter(({ says }) => says.includes('was due'));
  };

  it('allows for what was made while the clock was moved past its deadline, and for nothing else', () => {
    expect(findings([{ from: NOON, to: NOON + 30 * MINUTE }])).toEqual([]);
    expect(findings([{ from: NOON, to: NOON + 20 * MINUTE }])).toHaveLength(1);
    expect(findings([{ from: NOON + 5 * MINUTE, to: NOON + 30 * MINUTE }])).toHaveLength(1);
  });
});

describe('the judge of readers', () => {
  const [facts] = history([['created', 'reserve', held], ['confirmed', 'confirm', second]], [booking()]);
  const events = facts.events.map((event) => ({ ...event, audience: ['org_a'] }));
  const sent = events.map(({ position, type, objectId, objectVersion }) => ({ position, type, object_id: objectId, object_version: objectVersion }));
  const findings = (seen: Json[], faults: string[] = []) => judgeReader(CALLER, { events: seen, faults }, { events }).length;

  it('finds nothing wrong with all events in order, and sees what is missing, twice, or wrong', () => {
    expect(findings(sent)).toBe(0);
    expect([findings(sent.slice(1)), findings([sent[0], ...sent]), findings([...sent].reverse()), findings(sent, ['a fault'])]).toEqual([1, 1, 1, 1]);
    expect(judgeReader({ ...CALLER, organisationId: 'org_x' }, { events: sent, faults: [] }, { events })).toHaveLength(1);
  });
});

function entry(more: Partial<WaitlistEntry> = {}): WaitlistEntry {
  return {
    id: 'wle_1', networkId: 'net_a', organisationId: 'org_a', driverId: 'drv_a', vehicleId: null, status: 'waiting', idealStart: NOON + HOUR, earliestStart: NOON,
    latestEnd: NOON + 3 * HOUR, lastStart: NOON + 2 * HOUR, lapses: 0, skipped: [], reservationId: null, offer: null, paymentMethod: null, metadata: {}, version: 1,
    createdAt: NOON, updatedAt: NOON, endedAt: null,
    wish: { area: null, evseId: 'evse_a', stationId: null, locationId: null, connectorStandards: [], minPowerW: null, durationMinutes: 60, energyWh: null }, ...more,
  };
}

/** An entry for which there is a hold of an hour, and what is told of it then. */
function waiting(steps: [type: string, change: Partial<WaitlistEntry>][]): [Facts, Call[]] {
  const [facts, calls] = history([['created', '', { ...held, waitlistEntryId: 'wle_1' }]], [booking({ kind: 'hold' })]);
  const told = [['created', {}] as const, ...steps].map(([type, change], i) => ({
    type: `waitlist_entry.${type}`, object: 'waitlist_entry', objectId: 'wle_1', objectVersion: i + 1, isPublic: false, audience: [], requestId: null, occurredAt: NOON,
    data: { ...entry(change), version: i + 1 } as unknown as Record<string, unknown>, position: facts.events.length + i + 1,
  }));
  return [{ ...facts, events: [...facts.events, ...told] }, calls];
}

function wishAt(latitude: number): Reservation['wish'] {
  return { area: { type: 'circle', latitude, longitude: 10, radiusM: 500 }, durationMinutes: 60, energyWh: null, minPowerW: null };
}

/** It waits for its assignment. */
function flexible(): Reservation {
  return reservation({
    mode: 'flexible', status: 'pending', operatorId: null, locationId: null, stationId: null, evseId: null, connectorId: null, bookingId: null, reservedStart: null,
    reservedEnd: null, noShowAt: null, assignAt: NOON + 5 * MINUTE, wish: wishAt(50), latestEnd: NOON + 3 * HOUR, driverId: null,
  });
}

/** What it gets. */
function placed(): Partial<Reservation> {
  const { status, operatorId, locationId, stationId, evseId, connectorId, bookingId, reservedStart, reservedEnd, noShowAt } = reservation();
  return { status, operatorId, locationId, stationId, evseId, connectorId, bookingId, reservedStart, reservedEnd, noShowAt, assignAt: null };
}
