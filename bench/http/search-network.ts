/** The network that is searched through HTTP: that of `bench search`, in a database. */
import { inContext, type Context } from '../../src/domain/organisations/index.ts';
import type { SearchEntry } from '../../src/domain/search/index.ts';
import { setOperatorPolicy } from '../../src/domain/reservations/index.ts';
import { evsesOf, type Location, type LocationInput } from '../../src/domain/stations/index.ts';
import { newId } from '../../src/platform/ids/index.ts';
import type { Generated } from '../search/generate.ts';
import { onServer } from './database.ts';
import { addLocations, asOwner } from './owner.ts';

const BATCH = 10_000;

export interface SearchNetwork {
  /** secret */
  key: string;
  networkId: string;
  locations: Location[];
}

/** Fills an empty database, with what else its operator sets. Where made bookings overlap, the first of them stands. */
export async function makeSearchNetwork(databaseUrl: string, generated: Generated, also?: (ctx: Context) => Promise<void>): Promise<SearchNetwork> {
  return asOwner(databaseUrl, async ({ runtime, caller, key }) => {
    await inContext(runtime, caller, async (ctx) => {
      await setOperatorPolicy(ctx, { maxLeadMinutes: 14 * 24 * 60 });
      await also?.(ctx);
    });
    const locations = await addLocations(runtime, caller, Array.from(generated.entries(), locationInput));
    const evses = new Map(locations.flatMap((location) => evsesOf(location).map((evse) => [evse.uid, { id: evse.id, locationId: location.id }])));
    const bookings = [...generated.busy()].flatMap(({ evseId, intervals }) => intervals.map(({ start, end }) => ({
      id: newId('booking'), evse: evses.get(evseId)!.id, location: evses.get(evseId)!.locationId, starts: new Date(start), ends: new Date(end),
    })));
    await onServer(databaseUrl, async (client) => {
      for (let i = 0; i < bookings.length; i += BATCH) {
        await client.query(`
          INSERT INTO bookings (id, location_id, evse_id, kind, reservation_id, starts_at, ends_at, during, created_at)
          SELECT id, location, evse, 'booked', 'res_bench', starts, ends, tstzrange(starts, ends), now()
          FROM jsonb_to_recordset($1::jsonb) AS b(id text, location text, evse text, starts timestamptz, ends timestamptz) ON CONFLICT DO NOTHING`,
        [JSON.stringify(bookings.slice(i, i + BATCH))]);
      }
      await client.query('VACUUM (ANALYZE)');
    });
    return { key, networkId: caller.networkId, locations };
  });
}

function locationInput(entry: SearchEntry): LocationInput {
  const { name, address, city, latitude, longitude, timeZone, facilities, openingTimes, greenEnergy } = entry;
  return {
    ref: entry.locationId, publish: true, name, address, city, country: 'DEU', timeZone, coordinates: { latitude, longitude }, directions: [], facilities: [...facilities],
    openingTimes, chargingWhenClosed: false, images: [],
    ...(greenEnergy === undefined ? {} : { energyMix: { isGreenEnergy: greenEnergy, energySources: [], environImpact: [] } }),
    stations: entry.evses.map((evse) => ({
      ref: evse.evseId,
      evses: [{
        uid: evse.evseId, status: evse.status, capabilities: [...evse.capabilities], directions: [], parkingRestrictions: [], images: [],
        connectors: evse.connectors.map(({ connectorId, standard, powerType, maxPowerW, format }) => ({
          ref: connectorId, standard, powerType, maxPowerW, format, maxVoltageV: 400, maxAmperageA: 100, tariffIds: [],
        })),
      }],
    })),
  };
}
