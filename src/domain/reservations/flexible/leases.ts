/**
 * Who assigns where. Two processes never assign in one neighbourhood at once: each claims the cells of the map that the
 * neighbourhood's EVSEs lie in, and neighbourhoods that share an EVSE share its cell. Whoever has lost a lease meanwhile, since it
 * ended or was taken over, decides nothing any more.
 */
import { inContext, keepTestClock, tryKeepTestClock, type Caller, type Context, type Runtime } from '../../organisations/index.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import * as store from './store-flexible.ts';

/** So long a process that was killed keeps others away; who still works renews it in time. */
const LEASE_SECONDS = 15;
const RENEWED_AFTER_MS = 5_000;
const CELLS_PER_DEGREE = 4;

function cellsOf({ problem }: Neighbourhood): string[] {
  const cell = (degrees: number) => Math.floor(degrees * CELLS_PER_DEGREE);
  return [...new Set(problem.evses.map(({ latitude, longitude }) => `${cell(latitude)} ${cell(longitude)}`))].sort();
}

export interface Lease {
  /** Whether it is still the holder's, as it then stays until the end of that transaction. To be asked before anything else is locked. */
  isHeld(ctx: Context): Promise<boolean>;
  release(): Promise<void>;
}

/** Claims a neighbourhood in a transaction of its own, once nobody is moving the test clock; undefined when somebody else has it. */
export async function claim(runtime: Runtime, caller: Caller, part: Neighbourhood, holder: string): Promise<Lease | undefined> {
  const isMine = await inContext(runtime, caller, async (ctx) => {
    await keepTestClock(ctx);
    return claimAll(ctx, part, holder);
  });
  if (!isMine) return undefined;
  const cells = cellsOf(part).length;
  const renewing = setInterval(() => {
    inContext(runtime, caller, (ctx) => store.renewCells(ctx.tx, ctx.network.id, holder, LEASE_SECONDS)).catch(() => undefined); // then it ends, and `isHeld` says so
  }, RENEWED_AFTER_MS);
  return {
    isHeld: async (ctx) => (await store.keepCells(ctx.tx, ctx.network.id, holder)) === cells,
    release: async () => {
      clearInterval(renewing);
      await inContext(runtime, caller, (ctx) => store.releaseCells(ctx.tx, ctx.network.id, holder));
    },
  };
}

/** Claims it within a transaction that goes on, unless somebody is moving the test clock. */
export async function claimWithin(ctx: Context, part: Neighbourhood, holder: string): Promise<Pick<Lease, 'release'> | undefined> {
  const isMine = (await tryKeepTestClock(ctx)) && (await claimAll(ctx, part, holder));
  return isMine ? { release: () => store.releaseCells(ctx.tx, ctx.network.id, holder) } : undefined;
}

/** For who moves the test clock, which nobody claims anything beside: takes over all that is claimed in the network. */
export async function takeOverAll(ctx: Context): Promise<void> {
  await store.releaseAllCells(ctx.tx, ctx.network.id);
}

class Claimed extends Error {}

async function claimAll(ctx: Context, part: Neighbourhood, holder: string): Promise<boolean> {
  try {
    await ctx.tx.savepoint(async () => {
      if (!(await store.claimCells(ctx.tx, ctx.network.id, cellsOf(part), holder, LEASE_SECONDS))) throw new Claimed();
    });
    return true;
  } catch (error) {
    if (error instanceof Claimed) return false;
    throw error;
  }
}
