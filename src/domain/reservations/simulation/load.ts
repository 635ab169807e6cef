/** From what the database knows of a time to a scenario that policies can be tried on. */
import type { Interval } from '../../calendar/index.ts';
import type { Context } from '../../organisations/index.ts';
import type { Location } from '../../stations/index.ts';
import { demandsOf, type Attempt, type Ending, type GivenReservation, type GivenSlot, type Life } from './demand.ts';
import * as store from './store.ts';
import type { PlaceFacts, Scenario } from './world.ts';

/** Everything that was asked for, and everything that was the case, at these locations in a period that is over. */
export async function loadScenario(ctx: Context, locations: readonly Location[], period: Interval): Promise<Scenario> {
  const ids = locations.map(({ id }) => id);
  const known: Interval = { start: period.start, end: ctx.now };
  const made = await store.listMade(ctx.tx, ids, period);
  const given = await store.listGiven(ctx.tx, ids, period);
  const refused = await store.listRefused(ctx.tx, ids, period);
  const lives = await loadLives(ctx, [...made, ...given]);
  const driverIds = [...new Set([...made, ...given, ...refused].flatMap(({ driverId }) => driverId ?? []))];
  const attempts: Attempt[] = [
    ...made.map((row): Attempt => ({ ...of(row), askedAt: row.createdAt, asked: askedFor(row, lives), refusedWith: null, life: lives.get(row.id)! })),
    ...refused.map(({ code, ...row }): Attempt => ({ ...row, refusedWith: code, life: null })),
  ];
  return {
    period, horizon: ctx.now, places: await loadPlaces(ctx, locations, known),
    demands: demandsOf(attempts.sort((a, b) => a.askedAt - b.askedAt)),
    given: given.map((row): GivenReservation => ({ ...of(row), askedAt: row.decidedAt ?? row.createdAt, policy: row.policy!, life: lives.get(row.id)! })),
    drivers: await store.listDriversAt(ctx.tx, driverIds, period.start),
    elsewhere: await store.listElsewhere(ctx.tx, driverIds, ids, known),
  };
}

const of = ({ locationId, driverId }: store.MadeRow) => ({ locationId, driverId });

/** One that was made without a word on how it was asked for is taken to be meant as it was promised. */
function askedFor({ id, askedFor: asked }: store.MadeRow, lives: ReadonlyMap<string, Life>): Attempt['asked'] {
  return asked ?? lives.get(id)!.slot;
}

async function loadPlaces(ctx: Context, locations: readonly Location[], known: Interval): Promise<PlaceFacts[]> {
  const ids = locations.map(({ id }) => id);
  const blocks = byLocation(await store.listBlocks(ctx.tx, ids, known));
  const outages = byLocation(await store.listOutages(ctx.tx, ids, known));
  const walkIns = byLocation(await store.listWalkIns(ctx.tx, ids, known));
  return locations.map((location) => ({
    location, blocks: blocks.get(location.id) ?? [], outages: outages.get(location.id) ?? [], walkIns: walkIns.get(location.id) ?? [],
  }));
}

const byLocation = <T extends { locationId: string }>(rows: readonly T[]): Map<string, T[]> => Map.groupBy(rows, ({ locationId }) => locationId);

const CHANGED = ['reservation.moved', 'reservation.extended'];
const FIRST = ['reservation.created', 'reservation.confirmed', 'reservation.assigned'];

/** What became of each; the events tell how those came to their slot that were changed. */
async function loadLives(ctx: Context, rows: readonly store.MadeRow[]): Promise<Map<string, Life>> {
  const later = await store.listVersions(ctx.tx, rows.filter(({ version }) => version > 1).map(({ id }) => id), [...CHANGED, 'reservation.late']);
  const laterOf = Map.groupBy(later, ({ reservationId }) => reservationId);
  const changed = [...laterOf].filter(([, versions]) => versions.some(({ type }) => CHANGED.includes(type))).map(([id]) => id);
  const firstOf = new Map((await store.listVersions(ctx.tx, changed, FIRST)).reverse().map((version) => [version.reservationId, slotOf(version)]));
  return new Map(rows.map((row) => [row.id, lifeOf(row, firstOf.get(row.id), laterOf.get(row.id) ?? [])]));
}

function slotOf({ evseId, reservedStart: start, reservedEnd: end }: store.VersionRow | store.MadeRow): GivenSlot {
  return { evseId, start, end };
}

function lifeOf(row: store.MadeRow, first: GivenSlot | undefined, later: readonly store.VersionRow[]): Life {
  const { confirmedAt, endedAt, cancelledBy, leftAt, sessionStartedAt, lateStopMinutes, changeUntilMinutes } = row;
  const endedAs = endingOf(row);
  const isCancelled = endedAs === 'cancelledByDriver' || endedAs === 'cancelledByOperator';
  // leaving early has changed the end of a slot that nothing else had changed
  const unchanged = row.mode === 'exact' ? { evseId: row.evseId, start: row.idealStart, end: row.idealEnd } : slotOf(row);
  return {
    slot: first ?? unchanged, confirmedAt, leftAt, lateStopMinutes, changeUntilMinutes, endedAs,
    changes: later.filter(({ type }) => CHANGED.includes(type)).map((version) => ({ ...slotOf(version), at: version.at })),
    delays: later.filter(({ type }) => type === 'reservation.late').map(({ at, expectedArrival }) => ({ at, expectedArrival: expectedArrival! })),
    cancelledAt: isCancelled ? endedAt : null, cancelledBy: isCancelled ? (cancelledBy ?? 'operator') : null, lostAt: endedAs === 'lost' ? endedAt : null,
    arrivedAt: sessionStartedAt, departedAt: endedAs === 'used' ? endedAt : null,
  };
}

const ENDINGS: Record<string, Ending> = { hold_expired: 'holdsExpired', no_show: 'noShows', left_unused: 'leftUnused', evse_lost: 'lost' };

function endingOf({ status, endedDetail, cancelledBy }: store.MadeRow): Life['endedAs'] {
  if (status === 'completed') return 'used';
  if (status === 'cancelled') return cancelledBy === 'operator' ? 'cancelledByOperator' : 'cancelledByDriver';
  return ENDINGS[endedDetail ?? ''] ?? 'open';
}
