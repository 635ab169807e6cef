/** What a policy would have done to what drivers asked for: the use case. */
import { Worker } from 'node:worker_threads';
import { DAY_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, notFound } from '../../../platform/errors/index.ts';
import type { Interval } from '../../calendar/index.ts';
import { actingOrganisation, inContext, requireAccess, type Caller, type Context, type Runtime } from '../../organisations/index.ts';
import { getLocationOf, loadLocationsByIds, type Location } from '../../stations/index.ts';
import { policiesInForce } from '../policies.ts';
import { requireConsistentPolicy, type BookingPolicy } from '../policy.ts';
import { REFUSALS_KEPT_MS } from '../refusals.ts';
import { loadScenario } from './load.ts';
import { recordedOf, type Recorded } from './recorded.ts';
import type { ReplayAnswer, ReplayWork } from './replay-worker.ts';
import * as store from './store.ts';
import { combine, emptyTally, type Tally } from './tally.ts';

export interface SimulationInput {
  /** fields that the policy shall differ in from the one in force */
  change: Partial<BookingPolicy>;
  /** one location; else all of the operator's */
  locationId?: string;
  /** whose locations, for the system; else the caller's own */
  operatorId?: string;
  /** the last 30 days unless told */
  from?: EpochMs;
  to?: EpochMs;
}

export interface SimulatedLocation {
  locationId: string;
  inForce: Tally;
  proposed: Tally;
}

export interface Simulation {
  period: Interval;
  recorded: Recorded;
  inForce: Tally;
  proposed: Tally;
  locations: SimulatedLocation[];
}

const DEFAULT_PERIOD_MS = 30 * DAY_MS;
export const SIMULATION_LIMITS = { requests: 50_000, vehicles: 100_000, locations: 500, atOnce: 2 } as const;

/** How many simulations this process works on; each takes a core and some hundred megabytes. */
let running = 0;

/**
 * SIM-1: replays what was asked for in a period under the policy in force and under a changed one. It changes nothing, and holds no
 * transaction while it computes. Throws `rate_limited` when the process is busy with others, `invalid_request` when there is too much
 * to replay, and what is wrong with the policy or the period.
 */
export async function simulatePolicy(runtime: Runtime, caller: Caller, input: SimulationInput): Promise<Simulation> {
  if (running >= SIMULATION_LIMITS.atOnce) throw new DomainError('rate_limited', 'Other simulations are running; try again.', { retryAfterSeconds: 5 });
  running += 1;
  try {
    await runtime.notes.settled();
    const work = await inContext(runtime, caller, (ctx) => load(ctx, input));
    const [inForce, proposed] = await runReplays(work) as [Map<string, Tally>, Map<string, Tally>];
    const sum = (tallies: Map<string, Tally>): Tally => [...tallies.values()].reduce((all, one) => combine(all, one, 1), emptyTally());
    return {
      period: work.scenario.period, recorded: recordedOf(work.scenario.demands), inForce: sum(inForce), proposed: sum(proposed),
      locations: [...inForce].map(([locationId, tally]) => ({ locationId, inForce: tally, proposed: proposed.get(locationId)! })),
    };
  } finally {
    running -= 1;
  }
}

async function load(ctx: Context, input: SimulationInput): Promise<ReplayWork> {
  const locations = await locationsOf(ctx, input);
  const period = periodOf(ctx, input);
  await requireBounds(ctx, locations, period);
  const inForce = await policiesInForce(ctx, locations);
  const proposed = new Map([...inForce].map(([id, policy]) => [id, { ...policy, ...input.change }]));
  for (const policy of proposed.values()) requireConsistentPolicy(policy);
  return { scenario: await loadScenario(ctx, locations, period), policies: [inForce, proposed] };
}

async function locationsOf(ctx: Context, { locationId, operatorId: named }: SimulationInput): Promise<Location[]> {
  if (locationId !== undefined) {
    const location = await getLocationOf(ctx, 'location', locationId);
    requireAccess(ctx, 'policy.simulate', location);
    if (named !== undefined && named !== location.operatorId) throw notFound('location', locationId);
    return [location];
  }
  const operatorId = named ?? actingOrganisation(ctx);
  requireAccess(ctx, 'policy.simulate', { operatorId });
  const ids = await store.listLocationIds(ctx.tx, operatorId ?? '', SIMULATION_LIMITS.locations + 1);
  if (ids.length > SIMULATION_LIMITS.locations) throw tooMuch(`You have more than ${SIMULATION_LIMITS.locations} locations: name one.`, '/location_id');
  return loadLocationsByIds(ctx.tx, ids);
}

function periodOf({ now }: Context, { to = now, from = to - DEFAULT_PERIOD_MS }: SimulationInput): Interval {
  const wrong = (detail: string, pointer: string, message: string) => new DomainError('invalid_time_range', detail, { errors: [{ pointer, message }] });
  if (to <= from) throw wrong('The end must come after the start.', '/end', 'must come after start');
  if (to > now) throw wrong('Only what has been asked for can be replayed.', '/end', 'must not lie in the future');
  if (from < now - REFUSALS_KEPT_MS) throw wrong('Refused requests are kept for 92 days.', '/start', 'must lie within the last 92 days');
  return { start: from, end: to };
}

async function requireBounds(ctx: Context, locations: readonly Location[], period: Interval): Promise<void> {
  const { requests, vehicles } = SIMULATION_LIMITS;
  const found = await store.countDemand(ctx.tx, locations.map(({ id }) => id), period, Math.max(requests, vehicles) + 1);
  if (found.requests > requests) throw tooMuch(`There were more than ${requests} requests in that time: take a shorter one, or one location.`, '/start');
  if (found.occupancies > vehicles) throw tooMuch(`There were more than ${vehicles} vehicles in that time: take a shorter one, or one location.`, '/start');
}

function tooMuch(detail: string, pointer: string): DomainError {
  return new DomainError('invalid_request', detail, { errors: [{ pointer, message: 'asks for too much at once' }] });
}

async function runReplays(work: ReplayWork): Promise<ReplayAnswer> {
  const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData: work });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the replay ended with ${code}`)));
  });
}
