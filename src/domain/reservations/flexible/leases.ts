/**
 * Who assigns where. Two processes never assign in one neighbourhood at once: each claims the cells of the map that the
 * neighbourhood's EVSEs lie in, and neighbourhoods that share an EVSE share its cell. Should a lease end while its holder still works,
 * nothing is lost: only the calendar's constraint decides who gets a slot.
 */
import { inContext, type Caller, type Context, type Runtime } from '../../organisations/index.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import * as store from './store-flexible.ts';

/** Longer than any plan takes; a process that was killed keeps others away so long. */
const LEASE_SECONDS = 60;
const CELLS_PER_DEGREE = 4;

function cellsOf({ problem }: Neighbourhood): string[] {
  const cell = (degrees: number) => Math.floor(degrees * CELLS_PER_DEGREE);
  return [...new Set(problem.evses.map(({ latitude, longitude }) => `${cell(latitude)} ${cell(longitude)}`))].sort();
}

/** Claims a neighbourhood in a transaction of its own; undefined when somebody else has it. */
export async function claim(runtime: Runtime, caller: Caller, part: Neighbourhood, holder: string): Promise<{ release(): Promise<void> } | undefined> {
  const isMine = await inContext(runtime, caller, (ctx) => claimAll(ctx, part, holder));
  return isMine ? { release: () => inContext(runtime, caller, (ctx) => store.releaseCells(ctx.tx, ctx.network.id, holder)) } : undefined;
}

/** Claims it within a transaction that goes on. */
export async function claimWithin(ctx: Context, part: Neighbourhood, holder: string): Promise<{ release(): Promise<void> } | undefined> {
  return (await claimAll(ctx, part, holder)) ? { release: () => store.releaseCells(ctx.tx, ctx.network.id, holder) } : undefined;
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
