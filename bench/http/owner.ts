/** An organisation that is operator and provider, in a database of its own, and what it fills that with. */
import { ensureNetwork } from '../../src/app/networks.ts';
import { openDatabase } from '../../src/app/open.ts';
import { startRuntime, type RunningRuntime } from '../../src/app/runtime.ts';
import { importLocations } from '../../src/domain/calendar/index.ts';
import { authenticate, createOrganisation, inContext, issueKey, type Context, type KeyActor } from '../../src/domain/organisations/index.ts';
import { listLocations, type Location, type LocationInput } from '../../src/domain/stations/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';

const BATCH = 200;

export interface Owner {
  runtime: RunningRuntime;
  caller: { networkId: string; actor: KeyActor };
  /** its secret key */
  key: string;
}

/** Migrates the database, makes the organisation in its live network, and runs `work` for it. */
export async function asOwner<T>(databaseUrl: string, work: (owner: Owner) => Promise<T>): Promise<T> {
  const raise = (error: Error): never => {
    throw error;
  };
  const config = readConfig({ DATABASE_URL: databaseUrl });
  const { database, close } = await openDatabase(config, raise);
  const runtime = await startRuntime(database, config, { onError: raise, onWarning: () => undefined });
  try {
    const { id: networkId } = await ensureNetwork(database, 'live');
    const { key, actor } = await inContext(runtime, { networkId, actor: { kind: 'system' } }, makeOrganisation);
    return await work({ runtime, caller: { networkId, actor }, key });
  } finally {
    await runtime.stop();
    await close();
  }
}

async function makeOrganisation(ctx: Context): Promise<{ key: string; actor: KeyActor }> {
  const { id } = await createOrganisation(ctx, { slug: 'bench', name: 'Bench', roles: ['operator', 'provider'] });
  const { secret } = await issueKey(ctx, id, { name: 'bench', kind: 'secret' });
  return { key: secret, actor: (await authenticate(ctx.tx, secret))!.actor };
}

/** Adds locations and gives them as they are then, in the order of their ids. */
export async function addLocations(runtime: RunningRuntime, caller: Owner['caller'], inputs: readonly LocationInput[]): Promise<Location[]> {
  const { organisationId } = caller.actor;
  for (let i = 0; i < inputs.length; i += BATCH) await inContext(runtime, caller, (ctx) => importLocations(ctx, organisationId, inputs.slice(i, i + BATCH)));
  const made: Location[] = [];
  while (made.length < inputs.length) {
    made.push(...await inContext(runtime, caller, (ctx) => listLocations(ctx, { operatorId: organisationId, after: made.at(-1)?.id, limit: BATCH })));
  }
  return made;
}
