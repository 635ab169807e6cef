/** Runs a history: makes its network, goes through its visits, and keeps every call. */
import { isDeepStrictEqual } from 'node:util';
import { apiOf } from '../support/api.ts';
import { randomFrom } from '../support/random.ts';
import { MINUTE } from '../support/world.ts';
import { callUntilAnswered, isDone, outcomeOf, type Call, type Wish } from './calls.ts';
import { makeNetwork, planNetwork, WEEK, type Caller, type Network } from './network.ts';
import { ACTIONS, AFTERMATH, planVisits, type PlannedStep, type Visit } from './plan.ts';
import type { Servers } from './servers.ts';
import { iso, learn, ofStatus, openStage, type Stage } from './stage.ts';

export interface History {
  network: Network;
  calls: Call[];
  /** answers that nothing explains, with the step */
  surprises: string[];
  /** moves of the clock while calls were under way: from the network's time before them to that after */
  moves: Move[];
  /** the visit that is under way */
  visit: number;
}

export interface Move {
  from: number;
  to: number;
}

export interface HistoryOptions {
  seed: number;
  visits: number;
  kills: number;
  /** told once the network is there */
  onNetwork(network: Network): void;
  /** looks at the tables and throws what is wrong */
  checkpoint(history: History): Promise<void>;
}

interface Run {
  servers: Servers;
  history: History;
  stage: Stage;
}

export async function runHistory(servers: Servers, parties: Pick<Network, 'id' | 'operators' | 'providers'>, options: HistoryOptions): Promise<History> {
  const random = randomFrom(options.seed);
  const { url } = await servers.up(0);
  const of = (caller: Caller) => apiOf(url, caller.key);
  const now = Date.parse((await of(parties.operators[0]).get('/v1/test_clock')).body.now);
  const network = await makeNetwork(of, parties, planNetwork(random.fork(), now));
  options.onNetwork(network);
  const history: History = { network, calls: [], surprises: [], moves: [], visit: 0 };
  const run: Run = { servers, history, stage: openStage(network) };
  for (const visit of planVisits(random.fork(), options)) {
    await go(run, visit);
    if (visit.checkpoint) await options.checkpoint(history);
    history.visit += 1;
  }
  await servers.allUp();
  await advance(run, network.startsAt + WEEK + AFTERMATH);
  return history;
}

async function go(run: Run, visit: Visit): Promise<void> {
  const { stage, servers } = run;
  await advance(run, whenToCome(stage, visit));
  for (const look of visit.looks) await take(run, look);
  if (!visit.burst) {
    for (const step of visit.steps) await take(run, step);
    return;
  }
  if (visit.kill) await servers.allUp(); // one at a time is away
  const all = visit.steps.map((step) => take(run, step));
  if (visit.burst.advanceMs !== undefined) {
    run.history.moves.push({ from: stage.now, to: stage.now + visit.burst.advanceMs });
    all.push(advance(run, stage.now + visit.burst.advanceMs));
  }
  if (visit.kill) await killAmid(servers, visit.kill);
  await Promise.all(all);
}

/** At the time of the plan, or when the next reservation that is known of has just begun. */
function whenToCome({ network, now, reservations }: Stage, { at, afterStartMs }: Visit): number {
  const latest = Math.max(network.startsAt + at, now);
  if (afterStartMs === undefined) return latest;
  const starts = ofStatus(reservations, 'confirmed').map(({ shown }) => Date.parse(shown.reserved_start)).filter((start) => start > now);
  return Math.min(latest, Math.max(now + 5 * MINUTE, Math.min(...starts) + afterStartMs));
}

async function killAmid(servers: Servers, { process, afterMs }: NonNullable<Visit['kill']>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await servers.kill(process % servers.count);
  servers.revive(process % servers.count);
}

async function advance(run: Run, to: number): Promise<void> {
  const { stage } = run;
  if (to <= stage.now) return;
  stage.now = to;
  await make(run, 'advance', { as: stage.network.operators[0], method: 'POST', path: '/v1/test_clock/advance', body: { to: iso(to) } }, 0, ['time_in_past']);
}

async function take(run: Run, { name, dice, process, again }: PlannedStep): Promise<void> {
  const { wish, refusals } = ACTIONS[name]!;
  const wanted = wish(run.stage, randomFrom(dice));
  if (!wanted) return;
  const call = await make(run, name, wanted, process, refusals);
  if (again && call.key !== undefined) await makeAgain(run, call, process + 1);
}

async function make({ servers, history, stage }: Run, name: string, wish: Wish, process: number, refusals: readonly string[]): Promise<Call> {
  const step = history.calls.length + 1;
  const key = wish.method === 'POST' ? `history-${step}-${name}` : undefined;
  const pending = { ...wish, step, name, key, answer: { status: 0, headers: new Headers(), body: {} }, lost: 0 };
  history.calls.push(pending);
  const call = Object.assign(pending, await callUntilAnswered(servers, wish, pending, process));
  const isRefused = !isDone(call) && call.answer.status < 500 && (refusals.includes(call.answer.body.code) || isRepeated(call));
  if (!isDone(call) && !isRefused) history.surprises.push(`step ${step}: ${outcomeOf(call)} (${JSON.stringify(call.body)}): ${said(call.answer)}`);
  learn(stage, call);
  return call;
}

const said = ({ status, body }: Call['answer']): string => `${status} ${JSON.stringify(body).slice(0, 600)}`;

/** Where there is no key, a call whose answer was lost finds that it has been done. */
const isRepeated = ({ key, lost, answer }: Call): boolean => key === undefined && lost > 0 && answer.body.code === 'not_found';

/**
 * What is still to be done once such a call is committed goes into its answer as it is by then: a series is booked, a new entry is offered something,
 * a flexible reservation is decided by another process.
 */
function isAnsweredAsOfNow({ name, answer: { body } }: Call): boolean {
  return body.object === 'reservation_series' || name === 'join' || ((name === 'confirm' || name === 'wishFor') && body.mode === 'flexible' && body.version > 1);
}

/** The same call under the same key: the same answer, and nothing happens. */
async function makeAgain({ servers, history }: Run, first: Call, process: number): Promise<void> {
  const { answer } = await callUntilAnswered(servers, first, first, process);
  const essence = ({ status, body }: Call['answer']) => [status, isAnsweredAsOfNow(first) ? body.id : body];
  if (isDeepStrictEqual(essence(answer), essence(first.answer)) && answer.headers.get('idempotency-replayed') === 'true') return;
  history.surprises.push(`step ${first.step}: ${first.name} was answered differently when it was made again: ${said(first.answer)}, then ${said(answer)}`);
}
