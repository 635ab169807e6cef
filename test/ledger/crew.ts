/** Clients in processes of their own, some of which are killed and go on in another process where the last acknowledged operation was. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Random } from '../support/random.ts';
import type { ClientJob, Said } from './client.ts';
import type { Stage } from './stage.ts';

const CLIENT = fileURLToPath(new URL('./client.ts', import.meta.url));

export interface Crew {
  url: string;
  stage: Stage;
  seed: number;
  clients: number;
  /** of each client: what is known to have come of its operations */
  known: Map<number, { id?: string; refusal?: string }>[];
  doubled: number;
}

export const newCrew = (given: Pick<Crew, 'url' | 'stage' | 'seed' | 'clients'>): Crew => (
  { ...given, known: Array.from({ length: given.clients }, () => new Map()), doubled: 0 });

export interface Shift {
  seconds: number;
  /** of clients that were not killed */
  cpuSeconds: number;
  kills: number;
}

/** Has each client do its next operations. `around` runs while all wait to begin, and again when all are done. */
export async function runShift(
  crew: Crew, each: number, { kills = 0, random, around = async () => undefined }: { kills?: number; random: Random; around?(): Promise<void> },
): Promise<Shift> {
  const from = crew.known[0]!.size;
  const members = crew.known.map((_, client) => startMember(crew, client, from + each));
  await Promise.all(members.map(({ ready }) => ready));
  await around();
  const begin = performance.now();
  const ends = members.map((member) => member.go());
  let killed = 0;
  const total = each * crew.clients;
  const done = () => crew.known.reduce((sum, known) => sum + known.size, 0) - from * crew.clients;
  while (killed < kills && done() < total) {
    if (done() >= (total * (killed + 0.5)) / kills) {
      if (random.pick(members).kill()) killed += 1;
    }
    await new Promise((resolve) => setTimeout(resolve, 5 + random.below(20)));
  }
  const cpu = await Promise.all(ends);
  const seconds = (performance.now() - begin) / 1_000;
  await around();
  await Promise.all(members.map((member) => member.leave()));
  return { seconds, cpuSeconds: cpu.reduce((sum, one) => sum + one, 0), kills: killed };
}

interface Member {
  ready: Promise<void>;
  /** lets it begin; gives the processor time of its last process once all is done */
  go(): Promise<number>;
  /** SIGKILL, and another process goes on; false when it has done all */
  kill(): boolean;
  leave(): Promise<void>;
}

function startMember(crew: Crew, client: number, to: number): Member {
  const known = crew.known[client]!;
  let child: ChildProcess;
  let [mayGo, isDone, isLeaving] = [false, false, false];
  const [ready, done] = [Promise.withResolvers<void>(), Promise.withResolvers<number>()];
  const hear = (by: ChildProcess, said: Said): void => {
    if ('operation' in said) known.set(said.operation, { id: said.id, refusal: said.refusal });
    else if ('doubled' in said) crew.doubled += 1;
    else if ('done' in said) {
      isDone = true;
      done.resolve(said.cpuSeconds);
    } else if (by === child) { // what one says that was killed meanwhile comes late
      ready.resolve();
      if (mayGo) child.send('go');
    }
  };
  const start = (): void => {
    const made = [...known].flatMap(([operation, { id }]): [number, string][] => (id === undefined ? [] : [[operation, id]]));
    const own = fork(CLIENT, { serialization: 'advanced' });
    child = own;
    own.send({ url: crew.url, stage: crew.stage, seed: crew.seed, client, from: known.size, to, made } satisfies ClientJob);
    own.on('message', (said: Said) => hear(own, said));
    own.on('exit', (code, signal) => {
      if (isLeaving || isDone) return;
      if (signal === 'SIGKILL') return start();
      const failure = new Error(`client ${client} ended with ${code}`);
      ready.reject(failure);
      done.reject(failure);
    });
  };
  start();
  return {
    ready: ready.promise,
    go: () => {
      mayGo = true;
      child.send('go');
      return done.promise;
    },
    kill: () => !isDone && child.kill('SIGKILL'),
    leave: async () => {
      isLeaving = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
