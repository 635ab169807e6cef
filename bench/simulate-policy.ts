/**
 * The replay of a policy at size: `node bench/simulate-policy.ts [requests]` (50,000 when not given). A month's requests at twenty
 * locations of eight EVSEs, retries among them, are replayed as a simulation does it. Beside it, in the same run, the bare limit:
 * the same requests put to the same rules, with no calendar and nobody's life to follow. The ratio is what counts.
 */
import { choicesFor } from '../src/domain/reservations/choices.ts';
import { DEFAULT_POLICY } from '../src/domain/reservations/policy.ts';
import { demandsOf, type Attempt } from '../src/domain/reservations/simulation/demand.ts';
import { replay } from '../src/domain/reservations/simulation/replay.ts';
import { accepted, at, attempt, locationOf } from '../src/domain/reservations/simulation/samples.ts';
import type { Scenario } from '../src/domain/reservations/simulation/world.ts';
import { findCandidates } from '../src/domain/reservations/target.ts';
import type { Location } from '../src/domain/stations/index.ts';
import { randomFrom } from '../test/support/random.ts';

const [LOCATIONS, EVSES, DAYS, DRIVERS, ROUNDS] = [20, 8, 30, 8_000, 5];
const count = Number(process.argv[2] ?? 50_000);
const random = randomFrom(1);

const locations = Array.from({ length: LOCATIONS }, (_, n): Location => {
  const location = locationOf(EVSES);
  const evses = location.stations[0]!.evses.map((evse) => ({ ...evse, id: `${evse.id}_${n}`, locationId: `loc_${n}` }));
  return { ...location, id: `loc_${n}`, stations: [{ ...location.stations[0]!, locationId: `loc_${n}`, evses }] };
});

/** Most of them got their slot in fact; of the others some asked again. */
function oneRequest(): Attempt {
  const start = 24 + random.below(DAYS * 24 * 4) / 4;
  const locationId = `loc_${random.below(LOCATIONS)}`;
  const more = { locationId, driverId: `drv_${random.below(DRIVERS)}`, askedAt: at(start - 0.5 - random.below(80) / 4), asked: { start: at(start), durationMinutes: 45 } };
  return random.percent(80) ? accepted(start, start + 0.75, random.percent(10) ? { arrivedAt: null, departedAt: null } : {}, more) : attempt(start, start + 0.75, more);
}

const attempts = Array.from({ length: count }, oneRequest).sort((a, b) => a.askedAt - b.askedAt);
const scenario: Scenario = {
  period: { start: at(0), end: at((DAYS + 1) * 24) }, horizon: at((DAYS + 1) * 24), demands: demandsOf(attempts), given: [], drivers: [], elsewhere: [],
  places: locations.map((location) => ({ location, blocks: [], outages: [], walkIns: [] })),
};
const policies = new Map(locations.map(({ id }) => [id, { ...DEFAULT_POLICY, walkInSharePercent: 20 }]));
const byId = new Map(locations.map((location) => [location.id, location]));

function askRulesAlone(): void {
  for (const { asked, askedAt, locationId } of attempts) choicesFor(byId.get(locationId)!, policies.get(locationId)!, asked, findCandidates(byId.get(locationId)!, asked), askedAt);
}

function fastest(work: () => void): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return performance.now() - started;
  }));
}

const [bareMs, replayMs] = [fastest(askRulesAlone), fastest(() => replay(scenario, policies))];
const perSecond = (ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en');
process.stdout.write(`${count} requests, ${scenario.demands.length} wishes\n`);
process.stdout.write(`rules alone  ${Math.round(bareMs)} ms  ${perSecond(bareMs)} requests/s\n`);
process.stdout.write(`replay       ${Math.round(replayMs)} ms  ${perSecond(replayMs)} requests/s  ${(bareMs / replayMs).toFixed(2)} of the rules alone\n`);
