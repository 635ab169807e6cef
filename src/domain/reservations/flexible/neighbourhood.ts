import type { Context } from '../../organisations/index.ts';
import { neighbourhoodsInWorker, type AssignmentProblem } from '../assignment/index.ts';
import type { Reservation } from '../reservation.ts';
import { findReservations } from '../store.ts';
import { problemOf } from './problem-of.ts';
import * as store from './store-flexible.ts';

/** Reservations that wait, and EVSEs that they could use, so far as they have to do with each other. */
export interface Neighbourhood {
  problem: AssignmentProblem;
  waiting: Reservation[];
}

/** Waiting reservations that one plan looks at. */
const MOST_WAITING = 20_000;

/** The neighbourhoods of these waiting reservations, with everybody in them whose windows touch theirs; those that `isDue` picks are decided by their plans. */
export async function loadNeighbourhoods(
  ctx: Context, seeds: readonly Pick<Reservation, 'id' | 'earliestStart' | 'latestEnd'>[], isDue: (reservation: Reservation) => boolean,
): Promise<Neighbourhood[]> {
  const from = Math.min(...seeds.map(({ earliestStart }) => earliestStart));
  const to = Math.max(...seeds.map(({ latestEnd }) => latestEnd));
  const ids = new Set([...seeds.map(({ id }) => id), ...(await store.listWaiting(ctx.tx, ctx.network.id, from, to, MOST_WAITING))]);
  const waiting = new Map((await findReservations(ctx.tx, [...ids])).filter(({ assignAt }) => assignAt !== null).map((one) => [one.id, one]));
  if (waiting.size === 0) return [];
  const wanted = new Set(seeds.map(({ id }) => id));
  return (await neighbourhoodsInWorker(await problemOf(ctx, [...waiting.values()], isDue)))
    .filter(({ requests }) => requests.some(({ id }) => wanted.has(id)))
    .map((problem) => ({ problem, waiting: problem.requests.map(({ id }) => waiting.get(id)!) }));
}
