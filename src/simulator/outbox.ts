/**
 * What a station has to say. Messages of transactions are kept in order until they are answered, through lost networks and power; others are said
 * now or never, and go before those that wait. One call is under way at a time, as OCPP-J wants it.
 */
import { CallError, LinkLost, type Payload } from './link.ts';
import type { Outbox, Post, Station, Transaction } from './model.ts';

interface Kept {
  transaction: Transaction;
  post: Post;
  answered?: (answer: Payload) => void;
  wasOffline: boolean;
  attempts: number;
}

/** Messages that are said in order. A station has one of them; one that mixes what is old with what happens now, another for transactions that begin later. */
interface Lane {
  station: Station;
  kept: Kept[];
  isDraining: boolean;
  /** it waits until some time has passed */
  isSleeping: boolean;
  /** one call after the other */
  call(post: Post, id?: string): Promise<Payload>;
}

export function createOutbox(station: Station): Outbox {
  let last: Promise<unknown> = Promise.resolve();
  let underWay = 0;
  const call: Lane['call'] = (post, id) => {
    underWay += 1;
    const done = last.then(async () => {
      if (!station.link) throw new LinkLost('there is no connection');
      return station.link.call(post.action, typeof post.payload === 'function' ? post.payload() : post.payload, id);
    }).finally(() => void (underWay -= 1));
    last = done.catch(() => undefined);
    return done;
  };
  const [usual, live] = [0, 1].map((): Lane => ({ station, kept: [], isDraining: false, isSleeping: false, call })) as [Lane, Lane];
  const laneOf = (transaction: Transaction): Lane => {
    const { slowDrain } = station.faults;
    const isLater = slowDrain?.liveOvertakes === true && station.isRegistered && usual.kept.some(({ wasOffline }) => wasOffline);
    const isOld = usual.kept.some((one) => one.transaction === transaction);
    return (isLater && !isOld) || live.kept.some((one) => one.transaction === transaction) ? live : usual;
  };
  return {
    say: (post) => call(post), waiting: () => usual.kept.length + live.kept.length,
    isIdle: () => underWay === 0 && [usual, live].every(({ kept, isSleeping }) => kept.length === 0 || isSleeping || !station.isRegistered),
    drain: () => [usual, live].forEach(drain),
    keep: (transaction, post, answered) => {
      Object.assign(transaction, { waiting: transaction.waiting + 1 });
      const lane = laneOf(transaction);
      lane.kept.push({ transaction, post, answered, wasOffline: !station.isRegistered, attempts: 0 });
      drain(lane);
    },
  };
}

function drain(lane: Lane): void {
  const { station, kept } = lane;
  if (lane.isDraining || kept.length === 0 || !station.isRegistered) return;
  Object.assign(lane, { isDraining: true });
  void deliverAll(lane).finally(() => {
    Object.assign(lane, { isDraining: false });
    if (station.link && station.isRegistered && kept.length > 0) setImmediate(() => drain(lane));
  });
}

async function deliverAll(lane: Lane): Promise<void> {
  const { station, kept } = lane;
  let gapMs = station.faults.slowDrain?.gapMs ?? 0;
  while (station.link && station.isRegistered) {
    const slow = station.faults.slowDrain;
    if (slow && kept[0]?.wasOffline) {
      await sleep(lane, gapMs);
      gapMs = Math.max(slow.gapMs, gapMs * (slow.growth ?? 1));
    }
    const one = station.isRegistered ? kept[0] : undefined;
    if (!one || !(await deliver(lane, one))) return;
  }
}

async function sleep(lane: Lane, delayMs: number): Promise<void> {
  Object.assign(lane, { isSleeping: true });
  await lane.station.clock.sleep(delayMs);
  Object.assign(lane, { isSleeping: false });
}

function remove({ kept }: Lane, one: Kept): void {
  kept.splice(kept.indexOf(one), 1);
  one.transaction.waiting -= 1;
}

/** @returns whether the next may follow */
async function deliver(lane: Lane, one: Kept): Promise<boolean> {
  const { settings, faults, emit } = lane.station;
  const id = faults.duplicates === 'same_id' ? `d-${one.transaction.key}-${Math.floor(lane.station.random.next() * 1e6)}` : undefined;
  try {
    const answer = await lane.call(one.post, id);
    remove(lane, one);
    one.answered?.(answer);
    if (faults.duplicates) await lane.call(one.post, id).catch(() => undefined);
    return true;
  } catch (error) {
    if (!(error instanceof CallError)) {
      emit('answer_lost', { action: one.post.action, why: (error as Error).message });
      if (!lane.station.link) return false;
    }
    one.attempts += 1;
    if (one.attempts < settings.number('messageAttempts')) {
      await sleep(lane, settings.number('messageRetrySeconds') * 1_000 * one.attempts);
    } else {
      remove(lane, one);
      emit('message_dropped', { action: one.post.action, why: (error as Error).message, attempts: one.attempts });
    }
    return true;
  }
}
