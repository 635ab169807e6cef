import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoNetwork, ensureDemoKey, loadDemo } from '../demo/index.ts';
import { authenticate, findOrganisationBySlug, inContext, newSecret, type Network, type Runtime } from '../domain/organisations/index.ts';
import { listLocations } from '../domain/stations/index.ts';
import type { EpochMs } from '../platform/clock/index.ts';
import type { Config } from '../platform/config/index.ts';
import { oneProcessAtATime } from '../platform/database/index.ts';
import { ensureNetwork } from '../app/networks.ts';
import { EXIT, type Command } from './command.ts';

/** Loads the demo network into the sandbox and says its key. */
export const demo: Command = async (runtime, _args, io, config) => {
  const { secret } = await prepareDemo(runtime, config);
  io.out(secret);
  return EXIT.ok;
};

export interface PreparedDemo {
  network: Network;
  secret: string;
  /** the location of the story, with a food court */
  locationId: string;
  /** the sandbox's time, which somebody may have advanced */
  now: EpochMs;
}

const DEMO_LOCK = 0x64656d6f; // "demo"

/** Loads what is missing of the demo network, in one process at a time, and makes sure of its key: the configured one, else one that is kept beside the data. */
export async function prepareDemo(runtime: Runtime, config: Config): Promise<PreparedDemo> {
  return oneProcessAtATime(runtime.database, DEMO_LOCK, () => prepare(runtime, config));
}

async function prepare(runtime: Runtime, config: Config): Promise<PreparedDemo> {
  const network = await ensureNetwork(runtime.database, 'sandbox');
  const organisation = await loadDemo(runtime, network);
  const secret = config.PLUGTIME_DEMO_KEY ?? keptSecret(config);
  if (!(await authenticate(runtime.database, secret))) await ensureDemoKey(runtime, network, organisation, secret);
  const { story } = demoNetwork();
  const { locations, now } = await inContext(runtime, { networkId: network.id, actor: { kind: 'system' } }, async (ctx) => {
    const operator = await findOrganisationBySlug(ctx.tx, network.id, story.operatorSlug);
    return { locations: await listLocations(ctx, { operatorId: operator?.id, limit: 1_000 }), now: ctx.now };
  });
  const location = locations.find((candidate) => candidate.ref === story.locationRef);
  if (!location) throw new Error('the demo network has no location of its story');
  return { network, secret, locationId: location.id, now };
}

function keptSecret(config: Config): string {
  const folder = resolve(config.PLUGTIME_DATA);
  const file = join(folder, 'demo-key');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = newSecret('secret', 'sandbox');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** Three calls that work as they are: find a CCS2 plug near a food court for tomorrow's lunch, hold it, see what is left. */
export function curlLines(url: string, { secret, locationId, now }: Omit<PreparedDemo, 'network'>): string[] {
  const { story } = demoNetwork();
  const tomorrow = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO('Asia/Kolkata').add({ days: 1 });
  const at = (clock: string) => tomorrow.withPlainTime(clock).toInstant().toString();
  const [start, end] = [at(story.slotBegin), at(story.slotEnd)];
  const body = JSON.stringify({ location_id: locationId, connector_type: ['CCS2'], ideal_start: start, ideal_end: end });
  return [
    `curl '${url}/v1/search?latitude=12.65&longitude=77.2&radius=20000&connector_type=CCS2&facility=RESTAURANT&start=${start}&end=${end}'`,
    `curl -X POST '${url}/v1/reservations' -H 'Authorization: Bearer ${secret}' -H 'Content-Type: application/json' -d '${body}'`,
    `curl '${url}/v1/locations/${locationId}/slots?connector_type=CCS2&duration_minutes=45&start=${start}&end=${end}'`,
  ];
}
