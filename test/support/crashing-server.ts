/** A server that is killed and started again, and callers that never learn more of it than that their call failed. */
import type { Answer, Json } from './api.ts';
import type { Random } from './random.ts';
import { killWhileStarting, startServerProcess, type ServerProcess } from './server-process.ts';

export interface CrashingServer {
  /** the server that runs now; waits while there is none */
  current(): Promise<ServerProcess>;
  /** starts one after the last has died */
  start(): Promise<ServerProcess>;
  /** SIGKILL */
  crash(): Promise<void>;
  /** starts one and kills it before it serves */
  crashWhileStarting(afterMs: number): Promise<void>;
  /** stops the one that runs, if one does; its exit code */
  stop(): Promise<number | null | undefined>;
  /** how long each start took, in ms */
  starts: number[];
  /** calls that were answered so far */
  answered: number;
}

export function crashingServer(settings: Record<string, string>): CrashingServer {
  let announce: (server: ServerProcess) => void = () => undefined;
  let running = new Promise<ServerProcess>((resolve) => (announce = resolve));
  let latest: ServerProcess | undefined;
  const starts: number[] = [];
  return {
    starts,
    answered: 0,
    current: () => running,
    start: async () => {
      const server = await startServerProcess(settings);
      starts.push(Math.round(server.startedMs));
      latest = server;
      announce(server);
      return server;
    },
    crash: async () => {
      const dying = await running;
      latest = undefined;
      running = new Promise((resolve) => (announce = resolve));
      await dying.kill();
    },
    stop: async () => {
      const last = latest;
      latest = undefined;
      return last?.stop();
    },
    crashWhileStarting: (afterMs) => killWhileStarting(settings, afterMs),
  };
}

/** A call that was made until it was answered, always under the same key. */
export interface AnsweredCall {
  path: string;
  body: unknown;
  key: string;
  answer: Answer<Json>;
  /** how often no answer came */
  lost: number;
}

const PAUSE_MS = 20;

/** Posts until an answer comes, whatever happens to the server meanwhile. */
export async function postUntilAnswered(server: CrashingServer, path: string, body: unknown, key: string): Promise<AnsweredCall> {
  for (let lost = 0; ; lost++) {
    try {
      const { demo } = await server.current();
      const answer = await demo.post(path, body, { 'idempotency-key': key });
      if (answer.status !== 503) {
        server.answered += 1;
        return { path, body, key, answer, lost };
      }
    } catch {
      // the connection broke: nobody knows what became of the call
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** What a client knows: its reservations as they were last acknowledged, and all its calls. */
export interface Memory {
  reservations: Map<string, Json>;
  calls: AnsweredCall[];
}

export interface BookingPlan {
  evses: readonly string[];
  /** the grid that slots begin on: `slots` steps of 15 minutes from then */
  from: number;
  slots: number;
}

const QUARTER = 15 * 60_000;
const iso = (at: number): string => new Date(at).toISOString();

/** Books, confirms, extends, moves and cancels, one call after the other, until it is told to stop; its last call is answered then. */
export async function bookUntilStopped(server: CrashingServer, plan: BookingPlan, name: string, random: Random, isStopped: () => boolean): Promise<Memory> {
  const memory: Memory = { reservations: new Map(), calls: [] };
  for (let n = 0; !isStopped(); n++) {
    const [path, body] = nextCall(memory, plan, random);
    const call = await postUntilAnswered(server, path, body, `${name}-${n}`);
    memory.calls.push(call);
    if (call.answer.status < 300) memory.reservations.set(call.answer.body.id, call.answer.body);
  }
  return memory;
}

function nextCall({ reservations }: Memory, plan: BookingPlan, random: Random): [path: string, body: unknown] {
  const own = [...reservations.values()];
  const holds = own.filter(({ status }) => status === 'pending');
  if (holds.length > 2) return [`/v1/reservations/${random.pick(holds).id}/${random.percent(70) ? 'confirm' : 'cancel'}`, undefined];
  const live = own.filter(({ status }) => status === 'pending' || status === 'confirmed').slice(-5);
  const start = plan.from + random.below(plan.slots) * QUARTER;
  if (live.length === 0 || random.percent(65)) {
    return ['/v1/reservations', { evse: random.pick(plan.evses), ideal_start: iso(start), ideal_end: iso(start + QUARTER), confirm: random.percent(60) }];
  }
  const { id } = random.pick(live);
  if (random.percent(40)) return [`/v1/reservations/${id}/move`, { evse: random.pick(plan.evses), start: iso(start) }];
  return random.percent(60) ? [`/v1/reservations/${id}/extend`, { by_minutes: 15 }] : [`/v1/reservations/${id}/cancel`, undefined];
}
