import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assign, requireOneVoice, requireSoundWindow, STATED_LIMITS, type AssignmentProblem } from '../../../domain/reservations/index.ts';
import { townArbitrary, type SampleTown } from '../../../domain/reservations/assignment/samples.ts';
import { MINUTE_MS, toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, type FieldError } from '../../../platform/errors/index.ts';
import { encodeArea } from '../schemas/area.ts';
import { parseAssignmentProblem } from './assignment-problem.ts';

/** What `JSON.parse` answers, to be changed at will. */
type Json = Record<string, ReturnType<typeof JSON.parse>>;
const EXAMPLE = readFileSync(new URL('../../../../docs/examples/assignment/problem.json', import.meta.url), 'utf8');
const example = (): Json => JSON.parse(EXAMPLE) as Json;

function errorsOf(problem: unknown): FieldError[] {
  try {
    parseAssignmentProblem(problem);
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.details.errors!;
    throw error;
  }
}

/** What is wrong with the example once it was changed. */
function faultsWith(change: (problem: Json) => void): Record<string, string> {
  const problem = example();
  change(problem);
  return Object.fromEntries(errorsOf(problem).map(({ pointer, message }) => [pointer, message]));
}

/** A problem as somebody would write it down. */
function written({ now, timeZone, locations }: SampleTown, problem: AssignmentProblem): unknown {
  return {
    now: toRfc3339(now),
    locations: locations.map(({ id, openingTimes, policy }, grid) => {
      const evses = problem.evses.filter((evse) => evse.locationId === id);
      return {
        id, time_zone: timeZone, coordinates: { latitude: evses[0]?.latitude ?? 0, longitude: evses[0]?.longitude ?? grid },
        policy: {
          slot_grid_minutes: policy.slotGridMinutes, buffer_minutes: policy.bufferMinutes, min_duration_minutes: policy.minDurationMinutes,
          max_duration_minutes: policy.maxDurationMinutes, min_lead_minutes: policy.minLeadMinutes, max_lead_minutes: policy.maxLeadMinutes,
        },
        opening_times: {
          twentyfourseven: openingTimes.twentyFourSeven,
          regular_hours: openingTimes.regularHours.map(({ weekday, periodBegin, periodEnd }) => ({ weekday, period_begin: periodBegin, period_end: periodEnd })),
        },
        evses: evses.map((evse) => ({
          id: evse.id, connectors: evse.connectors.map((one) => ({ id: one.id, standard: one.standard, power_type: one.powerType, max_electric_power: one.maxPowerW })),
          outages: evse.busy.map(({ start, end }) => ({ start: toRfc3339(start), end: toRfc3339(end) })),
        })),
      };
    }),
    requests: problem.requests.map(({ id, area, connectorStandards, minPowerW, vehicle, need, priority, createdAt, notAtLocationIds, ...times }) => ({
      id, area: encodeArea(area), min_power: minPowerW, ...anyOf(connectorStandards), priority, created: toRfc3339(createdAt), not_at_location_ids: notAtLocationIds,
      ...('energyWh' in need ? { energy_wh: need.energyWh } : { duration_minutes: need.durationMs / MINUTE_MS }),
      vehicle: vehicle && { ...anyOf(vehicle.connectorStandards), max_ac_power_w: vehicle.maxAcPowerW, max_dc_power_w: vehicle.maxDcPowerW },
      ideal_start: toRfc3339(times.idealStart), earliest_start: toRfc3339(times.earliestStart), latest_end: toRfc3339(times.latestEnd),
    })),
  };
}

const anyOf = (standards: readonly string[]) => (standards.length === 0 ? {} : { connector_type: standards });

/** What the door lets in. */
function isSound({ vehicle, connectorStandards, need, ...times }: AssignmentProblem['requests'][number], now: EpochMs): boolean {
  try {
    requireOneVoice({ connectorStandards: [...connectorStandards] }, vehicle);
    requireSoundWindow(times, 'durationMs' in need ? need.durationMs : 1, Number.NEGATIVE_INFINITY);
    return times.latestEnd > now;
  } catch {
    return false;
  }
}

describe('an assignment problem that is written down', () => {
  it('ASG-13 has the answer of the problem that was meant', () => {
    let solved = 0;
    fc.assert(fc.property(townArbitrary(6, 12), (town) => {
      fc.pre(town.now > Date.UTC(2000, 0, 2)); // nobody writes down what was before
      const requests = town.problem.requests.filter((request) => isSound(request, town.now)).map((one) => ({ ...one, createdAt: Date.UTC(2020, 0, 1) + one.createdAt }));
      const problem = { ...town.problem, requests };
      const parsed = parseAssignmentProblem(JSON.parse(JSON.stringify(written(town, problem))));
      expect(assign(parsed)).toEqual(assign(problem));
      solved += assign(parsed).assigned;
    }), { numRuns: 400 });
    expect(solved).toBeGreaterThan(60);
  });

  it('ASG-13 is refused for its form, each fault by its pointer and nothing but that', () => {
    expect(errorsOf([])).toEqual([{ pointer: '/', message: 'must be object' }]);
    expect(errorsOf({})).toEqual(['/now', '/locations', '/requests'].map((pointer) => ({ pointer, message: 'is required' })));
    expect(faultsWith((problem) => {
      problem.colour = 'green';
      problem.policy.hold_minutes = 5;
      delete problem.locations[0].evses[1].connectors[0].max_electric_power;
      problem.locations[1].evses[0].connectors[0].power_type = 'STEAM';
      problem.requests[0].location.radius = 0;
      problem.requests[2].area.polygon.type = 'Point';
      problem.requests[3].area = { type: 'square' };
      problem.requests[4].priority = 1.5;
    })).toEqual({
      '/colour': 'is not known here', '/policy/hold_minutes': 'is not known here', '/locations/0/evses/1/connectors/0/max_electric_power': 'is required',
      '/locations/1/evses/0/connectors/0/power_type': expect.stringContaining('must be one of AC_1_PHASE'), '/requests/0/location/radius': 'must be > 0',
      '/requests/2/area/polygon/type': 'must be equal to constant', '/requests/3/area/type': 'must be one of the forms that there are', '/requests/4/priority': 'must be integer',
    });
  });

  it('ASG-13 is refused for what it says, each fault by its pointer', () => {
    expect(faultsWith((problem) => {
      problem.locations[0].time_zone = 'Mars/Olympus';
      problem.locations[0].evses[0].bookings[0].end = '2030-05-06T12:00:00+02:00';
      problem.locations[0].evses[1].connectors[0].standard = 'CCS9';
      problem.locations[1].id = 'market';
      problem.locations[1].evses[0].id = 'market-1';
      problem.locations[1].evses[0].connectors[1].id = 'station-1-ccs';
      problem.locations[1].policy.max_duration_minutes = 10;
      problem.locations[1].opening_times.exceptional_closings = [{ period_begin: '2030-05-06T12:00:00Z', period_end: '2030-05-06T11:00:00Z' }];
      problem.requests[0].latest_end = '2030-05-06T12:30:00+02:00';
      problem.requests[1].duration_minutes = 5;
      problem.requests[1].id = 'anna';
      problem.requests[2].connector_type = ['CHAdeMO'];
      delete problem.requests[2].latest_end;
      problem.requests[3].area.line.coordinates = [[11.5, 48.1]];
      problem.requests[3].ideal_start = '2030-05-06T11:00:00';
      delete problem.requests[4].location;
    })).toEqual({
      '/locations/0/time_zone': 'must be an IANA time zone', '/locations/0/evses/0/bookings/0/end': 'must come after the start',
      '/locations/0/evses/1/connectors/0/standard': 'must be an OCPI connector standard, or a common name for one', '/locations/1/id': 'is the id of another one: "market"',
      '/locations/1/evses/0/id': 'is the id of another one: "market-1"', '/locations/1/evses/0/connectors/1/id': 'is the id of another one: "station-1-ccs"',
      '/locations/1/policy/max_duration_minutes': 'must not be less than the shortest slot on the grid',
      '/locations/1/opening_times': 'an exceptional period ends before it begins',
      '/requests/0/ideal_start': 'must leave room for 45 minutes before latest_end', '/requests/1/id': 'is the id of another one: "anna"',
      '/requests/1/ideal_end': 'must be the only one of the end, duration_minutes, energy_wh and spend',
      '/requests/2/connector_type': expect.stringContaining('the vehicle takes'),
      '/requests/2/latest_end': expect.stringContaining('is required with an energy'), '/requests/3/area/line/coordinates': 'A line has at least two positions.',
      '/requests/3/ideal_start': 'must be a time in RFC 3339 with its offset, or UNIX seconds', '/requests/4/area': 'is required, or a location',
    });
  });

  it('ASG-13 is refused for windows that are over, too long or too short', () => {
    const windowOf = (times: Json) => faultsWith((problem) => Object.assign(problem.requests[0], times));
    expect(windowOf({ earliest_start: '2030-05-06T07:00:00+02:00' })).toEqual({}); // it has begun, and is planned again
    expect(windowOf({ earliest_start: '2030-05-05T07:00:00+02:00', ideal_start: '2030-05-05T07:00:00+02:00', latest_end: '2030-05-06T08:00:00+02:00' }))
      .toEqual({ '/requests/0/latest_end': 'must come after now' });
    expect(windowOf({ latest_end: '2030-05-08T12:00:00+02:00' })).toEqual({ '/requests/0/latest_end': 'must lie within 48 hours of earliest_start' });
    expect(windowOf({ earliest_start: '2030-05-06T12:15:00+02:00' })).toEqual({ '/requests/0/earliest_start': 'must not come after ideal_start' });
  });

  it('ASG-13 GEO-4 is refused for areas that hold too much, or are slow by design', () => {
    const evse = (id: string): Json => ({ id, connectors: [{ id: 'c', standard: 'CCS2', power_type: 'DC', max_electric_power: 50_000 }] });
    expect(faultsWith((problem) => {
      problem.locations[0].evses = Array.from({ length: 2_000 }, (_, i) => evse(`m${i}`));
    })).toEqual(Object.fromEntries(['/requests/0/location', '/requests/1/location', '/requests/2/area'].map((at) => [at, 'holds more than 2000 EVSEs; make it smaller'])));
    const zigzag = Array.from({ length: 19_999 }, (_, i) => [11.5 + (i % 2) / 5 + i / 1e9, 48.1 + (i % 3) / 20]);
    expect(faultsWith((problem) => {
      problem.locations = Array.from({ length: 4_000 }, (_, i) => ({
        id: `l${i}`, coordinates: { latitude: 48.1 + (i % 63) / 700, longitude: 11.51 + i / 40_000 }, time_zone: 'Europe/Berlin', evses: [evse(`e${i}`)],
      }));
      problem.requests[3].area = { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[...zigzag, zigzag[0]]] } };
    })).toMatchObject({ '/requests/3/area': 'is too complicated for the number of EVSEs in it; simplify it or make it smaller' });
  });

  it('ASG-13 is refused for more than it may come to', () => {
    const [location] = example().locations;
    const evses = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => ({ ...location.evses[1], id: `${prefix}-${i}` }));
    const away = { latitude: -30, longitude: 20 };
    const places = (count: number, each: number, more: Json = {}) => Array.from({ length: count }, (_, i) => (
      { ...location, ...more, id: `x${i}`, coordinates: away, evses: evses(each, `x${i}`) }));
    const limitsHit = (change: (problem: Json) => void) => Object.values(faultsWith(change)).join();
    expect(limitsHit((problem) => void (problem.locations = places(6, 1_700)))).toContain(`at most ${STATED_LIMITS.evses} EVSEs`);
    expect(limitsHit((problem) => void (problem.requests = Array.from({ length: STATED_LIMITS.requests + 1 }, (_, i) => ({ ...problem.requests[4], id: `r${i}` })))))
      .toContain(`must NOT have more than ${STATED_LIMITS.requests} items`);
    expect(limitsHit((problem) => {
      problem.locations = places(5, 2_000, { policy: { slot_grid_minutes: 1 } });
      Object.assign(problem.requests[0], { ideal_start: '2030-05-08T12:00:00Z', earliest_start: '2030-05-08T12:00:00Z', latest_end: '2030-05-08T15:00:00Z' });
    })).toContain(`at most ${STATED_LIMITS.steps} grid steps`);
    expect(limitsHit((problem) => Object.assign(problem.requests[4], { ideal_start: '2030-07-06T12:00:00Z' }))).toContain('windows within 31 days');
    const line = Array.from({ length: 20_000 }, (_, i) => [11 + i / 1e6, 48]);
    expect(limitsHit((problem) => {
      const area = { type: 'corridor', width: 10, line: { type: 'LineString', coordinates: line } };
      problem.requests = Array.from({ length: 11 }, (_, i) => ({ ...problem.requests[3], id: `r${i}`, area }));
    })).toContain(`at most ${STATED_LIMITS.positions} positions`);
    const bookings = Array.from({ length: 10_000 }, () => ({ start: 1_900_000_000, end: 1_900_000_600 }));
    expect(limitsHit((problem) => void (problem.locations = places(1, 51).map((one) => ({ ...one, evses: one.evses.map((evse: Json) => ({ ...evse, bookings })) })))))
      .toContain(`at most ${STATED_LIMITS.busyTimes} bookings`);
  });

  it('ASG-13 is understood or refused by name, whatever stands in it', () => {
    fc.assert(fc.property(fc.nat(), fc.oneof(fc.jsonValue(), fc.constantFrom('', '__proto__', 1e308, -1, '2030-13-01T00:00:00Z', null, [], {})), (place, value) => {
      const problem = example();
      const slots = slotsIn(problem);
      const [holder, key] = slots[place % slots.length]!;
      holder[key] = value;
      for (const { pointer, message } of errorsOf(problem)) {
        expect(pointer).toMatch(/^\//);
        expect(message).not.toBe('');
      }
    }), { numRuns: 400 });
  });
});

/** Every place at which the value can be another one. */
function slotsIn(value: Json): [holder: Json, key: string][] {
  return Object.entries(value).flatMap(([key, inner]) => [[value, key] as [Json, string], ...(typeof inner === 'object' && inner !== null ? slotsIn(inner as Json) : [])]);
}
