import { newId } from '../../../platform/ids/index.ts';
import { processNow } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import { inContext, type Context, type Runtime } from '../../organisations/index.ts';
import { assignInWorker } from '../assignment/index.ts';
import { saveChange } from '../events.ts';
import { isWaiting, type Reservation } from '../reservation.ts';
import { findReservations } from '../store.ts';
import { alternativesInArea } from './alternatives-in-area.ts';
import { giveSlot } from './decide.ts';
import { claimWithin } from './leases.ts';
import { loadNeighbourhoods, type Neighbourhood } from './neighbourhood.ts';

/** Plans whose slot somebody else was faster to take, before the driver is told that there is none. */
const TRIES = 3;

/**
 * RSV-F7: assigns a waiting reservation (whose row is locked, or new) at once, among all that its neighbours wait for. Where none
 * fits, throws `slot_unavailable` with alternatives, and it goes on waiting. Where another process is just assigning there, it is
 * left to that one: it becomes due now, and is answered as pending (see `settleAssignment`).
 */
export async function assignNow(ctx: Context, reservation: Reservation): Promise<Reservation> {
  const holder = newId('request');
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const [part] = await loadNeighbourhoods(ctx, [reservation], (one) => one.id === reservation.id);
    const decided = part && (await withLease(ctx, holder, part, () => decideNow(ctx, part, reservation)));
    if (decided === 'busy') return saveChange(ctx, reservation, { assignAt: ctx.now }, 'reservation.updated');
    if (decided !== undefined && decided !== 'taken') return decided;
    if (decided === undefined) break;
  }
  throw new DomainError('slot_unavailable', 'Nothing that fits is free there then; the reservation goes on waiting.', { alternatives: await alternativesInArea(ctx, reservation) });
}

const PAUSE_MS = 50;

/** Waits until somebody has decided about a reservation that was left to another process. Gives up after `patienceMs`: that one may have died. */
export async function settleAssignment(runtime: Runtime, where: { networkId: string; requestId?: string }, id: string, patienceMs: number): Promise<void> {
  const until = processNow() + patienceMs;
  const isLeft = async (ctx: Context): Promise<boolean> => {
    const [reservation] = await findReservations(ctx.tx, [id]);
    return reservation !== undefined && isWaiting(reservation) && reservation.assignAt! <= ctx.now;
  };
  while (processNow() < until && (await inContext(runtime, { ...where, actor: { kind: 'system' } }, isLeft))) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The lease ends with the transaction, whichever way that ends. */
async function withLease<T>(ctx: Context, holder: string, part: Neighbourhood, work: () => Promise<T>): Promise<T | 'busy'> {
  const lease = await claimWithin(ctx, part, holder);
  if (!lease) return 'busy';
  try {
    return await work();
  } finally {
    await lease.release();
  }
}

/** The reservation with its slot; `taken` where another plan may find one; undefined when there is none. */
async function decideNow(ctx: Context, part: Neighbourhood, reservation: Reservation): Promise<Reservation | 'taken' | undefined> {
  const result = (await assignInWorker(part.problem, { effort: 'quick' })).results.find(({ requestId }) => requestId === reservation.id)!;
  if (result.outcome === 'unassigned') return undefined;
  const decided = await giveSlot(ctx, reservation, result);
  return decided === 'gone' ? undefined : decided;
}
