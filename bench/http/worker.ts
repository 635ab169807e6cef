import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a round came to. */
export interface Round {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** how often which outcome was met: a status, or how many rows were written */
  outcomes: Record<string, number>;
  /** of the process that made the load */
  cpuSeconds: number;
}

export interface Worker<Job> {
  run(job: Job): Promise<Round>;
  stop(): Promise<void>;
}

/** A module of this folder in a process of its own, which does one job after another. */
export function startWorker<Job>(file: string): Worker<Job> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { serialization: 'advanced' });
  return {
    run: (job) => new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (round: Round) => {
        child.off('exit', onExit);
        resolve(round);
      });
      child.send(job as object);
    }),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}

/** In that process: does the jobs that it is sent. `prepare` gives what does one item of a job, and is not measured. */
export function serveJobs<Item>(prepare: (job: never) => Promise<Load<Item>>): void {
  process.on('message', (job: object) => {
    void prepare(job as never).then(measure).then((round) => process.send!(round));
  });
}

export interface Load<Item> {
  clients: number;
  items: readonly Item[];
  /** gives the outcome */
  one(item: Item, client: number): Promise<string>;
}

export async function measure<Item>({ items, clients, one }: Load<Item>): Promise<Round> {
  const times = new Float64Array(items.length);
  const outcomes: Record<string, number> = {};
  let next = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    while (next < items.length) {
      const i = next++;
      const before = performance.now();
      const outcome = await one(items[i]!, client);
      times[i] = performance.now() - before;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }));
  const perSecond = (items.length / (performance.now() - start)) * 1_000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort();
  const at = (share: number): number => times[Math.floor(items.length * share)]!;
  return { perSecond, p50Ms: at(0.5), p99Ms: at(0.99), outcomes, cpuSeconds: (user + system) / 1e6 };
}
