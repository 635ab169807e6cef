/** Small scenarios for tests: one location with some EVSEs, open all day, and requests of its drivers. */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { ALWAYS_OPEN, type Location } from '../../stations/index.ts';
import { DEFAULT_POLICY, type BookingPolicy } from '../policy.ts';
import { demandsOf, type Attempt, type Life } from './demand.ts';
import { replay, type Answer } from './replay.ts';
import type { Tally } from './tally.ts';
import type { PlaceFacts, Scenario } from './world.ts';

export const LOCATION_ID = 'loc_a';
export const MIDNIGHT = Date.UTC(2026, 0, 12);
/** so many hours after midnight; 9.5 is half past nine */
export const at = (hours: number): EpochMs => MIDNIGHT + hours * HOUR_MS;

export function locationOf(evses: number): Location {
  const connector = { ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerType: 'DC', maxVoltageV: 500, maxAmperageA: 100, maxPowerW: 50_000 } as const;
  const evseIds = Array.from({ length: evses }, (_, i) => `evse_${i + 1}`);
  return {
    id: LOCATION_ID, networkId: 'net_a', operatorId: 'org_a', ref: 'A', publish: true, name: 'A', address: 'A', city: 'A', country: 'DEU',
    coordinates: { latitude: 0, longitude: 0 }, directions: [], facilities: [], timeZone: 'UTC', openingTimes: ALWAYS_OPEN, chargingWhenClosed: true,
    images: [], version: 1, createdAt: 0, updatedAt: 0,
    stations: [{
      id: 'chst_a', ref: 'A', locationId: LOCATION_ID,
      evses: evseIds.map((id) => ({
        id, uid: id, status: 'AVAILABLE', capabilities: [], directions: [], parkingRestrictions: [], images: [], stationId: 'chst_a',
        locationId: LOCATION_ID, statusAt: 0,
        connectors: [{ ...connector, tariffIds: [], id: `con_${id}`, evseId: id }],
      })),
    }],
  };
}

/** A request from the first hour to the second, at the first EVSE unless told, an hour before unless told. */
export function attempt(from: number, to: number, more: Partial<Attempt> = {}): Attempt {
  return {
    askedAt: at(from - 1), locationId: LOCATION_ID, driverId: null, asked: { evseId: 'evse_1', start: at(from), end: at(to) }, refusedWith: 'slot_unavailable',
    life: null, ...more,
  };
}

/** One that was accepted: confirmed at once and used from start to end, unless told. */
export function accepted(from: number, to: number, life: Partial<Life> = {}, more: Partial<Attempt> = {}): Attempt {
  const asked = attempt(from, to, more);
  return {
    ...asked, refusedWith: null, life: {
      slot: { evseId: asked.asked.evseId ?? 'evse_1', start: at(from), end: at(to) }, changes: [], delays: [], confirmedAt: asked.askedAt, cancelledAt: null,
      cancelledBy: null, lostAt: null,
      arrivedAt: at(from), leftAt: null, departedAt: at(to), endedAs: 'used', lateStopMinutes: 0, changeUntilMinutes: 0, ...life,
    },
  };
}

export interface Sample {
  attempts?: Attempt[];
  evses?: number;
  facts?: Partial<Omit<PlaceFacts, 'location'>>;
  more?: Partial<Scenario>;
}

/** The scenario of a day, which nobody knows more of than until the next midnight. */
export function scenarioOf({ attempts = [], evses = 1, facts = {}, more = {} }: Sample): Scenario {
  return {
    period: { start: at(0), end: at(24) }, horizon: at(24), places: [{ location: locationOf(evses), blocks: [], outages: [], walkIns: [], ...facts }],
    demands: demandsOf([...attempts].sort((a, b) => a.askedAt - b.askedAt)), given: [], drivers: [], elsewhere: [], ...more,
  };
}

/** What a policy makes of it; the built-in one, unless told. */
export function tryPolicy(sample: Sample, change: Partial<BookingPolicy> = {}): { tally: Tally; answers: Answer[] } {
  const { tallies, answers } = replay(scenarioOf(sample), new Map([[LOCATION_ID, { ...DEFAULT_POLICY, ...change }]]));
  return { tally: tallies.get(LOCATION_ID)!, answers };
}

export const minutes = (count: number): number => count * MINUTE_MS;
