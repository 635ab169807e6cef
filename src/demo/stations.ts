/** Charging stations of the demo network that a simulator may connect as, with credentials of their own; and drivers with cards who charge there without a reservation. */
import { getConnection, setCredentials } from '../domain/chargers/index.ts';
import { addToken, createDriver, listDrivers, listTokens } from '../domain/drivers/index.ts';
import { inContext, listOrganisations, type Actor, type Network, type Runtime, SCOPES } from '../domain/organisations/index.ts';
import { listLocations, type Location, type Station } from '../domain/stations/index.ts';
import { DAARI } from './drivers.ts';
import { demoNetwork } from './network.ts';

export interface DemoStation {
  operatorId: string;
  identity: string;
  password: string;
  locationRef: string;
  evses: Station['evses'];
}

const MOST = 40;

/**
 * The stations that work (those that are planned or broken stay so), and their passwords: the known ones, fresh ones where there were none.
 *
 * @param known passwords by identity, from an earlier start; what was added is to be kept
 */
export async function provisionDemoStations(runtime: Runtime, network: Network, known: ReadonlyMap<string, string>): Promise<DemoStation[]> {
  const slugs = new Set(demoNetwork().organisations.map(({ slug }) => slug));
  const operators = (await listOrganisations(runtime.database, network.id)).filter(({ slug, roles }) => slugs.has(slug) && roles.includes('operator'));
  const stations: DemoStation[] = [];
  for (const { id: operatorId, roles } of operators) {
    const actor: Actor = { kind: 'key', keyId: 'demo', organisationId: operatorId, roles, scopes: SCOPES };
    const locations = await inContext(runtime, { networkId: network.id, actor }, (ctx) => listLocations(ctx, { operatorId, limit: 1_000 }));
    for (const [location, station] of locations.flatMap((one) => one.stations.map((two): [Location, Station] => [one, two]))) {
      if (stations.length === MOST) return stations;
      if (station.retiredAt !== undefined || station.evses.length === 0 || station.evses.some(({ status }) => UNUSABLE.has(status))) continue;
      const { identity, password } = await inContext(runtime, { networkId: network.id, actor }, async (ctx) => {
        const { identity: given } = await getConnection(ctx, station.id);
        return given ? { identity: given.identity, password: known.get(given.identity) } : setCredentials(ctx, station.id, { securityProfile: 1 });
      });
      if (password !== undefined) stations.push({ operatorId, identity, password, locationRef: location.ref, evses: station.evses });
    }
  }
  return stations;
}

const CARDS = 40;

/** The cards of drivers who walk in; what is missing of them is made. */
export async function provisionDemoCards(runtime: Runtime, network: Network): Promise<string[]> {
  const provider = (await listOrganisations(runtime.database, network.id)).find(({ slug }) => slug === DAARI.slug);
  if (!provider) return [];
  const actor: Actor = { kind: 'key', keyId: 'demo', organisationId: provider.id, roles: provider.roles, scopes: SCOPES };
  return inContext(runtime, { networkId: network.id, actor }, async (ctx) => {
    const cards: string[] = [];
    for (let i = 1; i <= CARDS; i++) {
      const ref = `walk-in-${i}`;
      const [known] = await listDrivers(ctx, { ref, limit: 1 });
      const { id } = known ?? (await createDriver(ctx, { ref, name: `Walk-in ${i} (simulated)` }));
      const own = (await listTokens(ctx, id)).find(({ kind }) => kind === 'rfid') ?? (await addToken(ctx, id, { uid: `SIMCARD${String(i).padStart(4, '0')}` }));
      cards.push(own.uid);
    }
    return cards;
  });
}

const UNUSABLE = new Set<string>(['PLANNED', 'OUTOFORDER', 'INOPERATIVE', 'REMOVED', 'BLOCKED']);
