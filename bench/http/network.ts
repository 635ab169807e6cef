/** The network that is booked on: locations with four EVSEs each, open all day, and bookings in the coming four weeks. */
import { inContext } from '../../src/domain/organisations/index.ts';
import { createReservation, type Reservation } from '../../src/domain/reservations/index.ts';
import { ALWAYS_OPEN, evsesOf, type Location, type LocationInput } from '../../src/domain/stations/index.ts';
import { newId } from '../../src/platform/ids/index.ts';
import { randomFrom } from '../search/generate.ts';
import { onServer } from './database.ts';
import { addLocations, asOwner } from './owner.ts';

const HOUR_MS = 3_600_000;
const EVSES_EACH = 4;
const HOURS = 27 * 24;

/** An hour at an EVSE. */
export interface Slot {
  evseId: string;
  locationId: string;
  start: number;
  end: number;
}

export interface BenchNetwork {
  /** secret key of an organisation that is operator and provider */
  key: string;
  evses: number;
  booked: Slot[];
  /** the free hours in random order, each once */
  free: Generator<Slot>;
}

export interface BenchSize {
  locations: number;
  bookings: number;
}

/** Makes the network in an empty database. Bookings that are there from the start are copies of one that was made by the rules. */
export async function makeNetwork(databaseUrl: string, size: BenchSize): Promise<BenchNetwork> {
  return asOwner(databaseUrl, async ({ runtime, caller, key }) => {
    const random = randomFrom(11);
    const locations = await addLocations(runtime, caller, Array.from({ length: size.locations }, (_, i) => locationInput(i, random)));
    const slots = slotsOf(locations);
    const [first, ...others] = slots.take(size.bookings);
    const made = await inContext(runtime, caller, (ctx) => createReservation(ctx, { ...first!, confirm: true }));
    await copyReservation(databaseUrl, made, others);
    return { key, evses: locations.length * EVSES_EACH, booked: [first!, ...others], free: slots.rest() };
  });
}

function locationInput(number: number, random: () => number): LocationInput {
  const connector = { ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerType: 'DC', maxVoltageV: 400, maxAmperageA: 125, maxPowerW: 50_000, tariffIds: [] } as const;
  return {
    ref: `L${number}`, publish: true, name: `Location ${number}`, address: `Street ${number}`, city: 'Town', country: 'DEU', timeZone: 'Europe/Berlin',
    coordinates: { latitude: 48 + random() * 5, longitude: 7 + random() * 6 }, directions: [], facilities: [], openingTimes: ALWAYS_OPEN, chargingWhenClosed: false, images: [],
    stations: Array.from({ length: EVSES_EACH / 2 }, (_, station) => ({
      ref: `S${station}`,
      evses: [0, 1].map((evse) => ({
        uid: `E${station}${evse}`, status: 'AVAILABLE', capabilities: ['RESERVABLE'], directions: [], parkingRestrictions: [], images: [],
        connectors: [{ ...connector, tariffIds: [] }],
      })),
    })),
  };
}

/** All hours from the day after tomorrow on, in random order. */
function slotsOf(locations: readonly Location[]): { take(count: number): Slot[]; rest(): Generator<Slot> } {
  const evses = locations.flatMap(evsesOf);
  const from = Math.ceil(performance.timeOrigin / HOUR_MS) * HOUR_MS + 48 * HOUR_MS;
  const order = shuffled(evses.length * HOURS);
  const slotAt = (place: number): Slot => {
    const { id: evseId, locationId } = evses[Math.floor(place / HOURS)]!;
    const start = from + (place % HOURS) * HOUR_MS;
    return { evseId, locationId, start, end: start + HOUR_MS };
  };
  let next = 0;
  return {
    take: (count) => Array.from(order.subarray(next, next += count), slotAt),
    rest: function* rest() {
      while (next < order.length) yield slotAt(order[next++]!);
    },
  };
}

function shuffled(length: number): Uint32Array {
  const random = randomFrom(5);
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}

async function copyReservation(databaseUrl: string, original: Reservation, slots: readonly Slot[]): Promise<void> {
  const rows = JSON.stringify(slots.map(({ evseId, locationId, start, end }) => ({
    booking: newId('booking'), reservation: newId('reservation'), evse: evseId, location: locationId, starts: new Date(start), ends: new Date(end),
  })));
  const copies = 'jsonb_to_recordset($1::jsonb) AS c(booking text, reservation text, evse text, location text, starts timestamptz, ends timestamptz)';
  await onServer(databaseUrl, async (client) => {
    await client.query(`
      INSERT INTO bookings (id, location_id, evse_id, kind, reservation_id, starts_at, ends_at, during, created_at)
      SELECT booking, location, evse, 'booked', reservation, starts, ends, tstzrange(starts, ends), now() FROM ${copies}`, [rows]);
    await client.query(`
      INSERT INTO reservations (id, network_id, organisation_id, operator_id, mode, status, location_id, station_id, evse_id, connector_id, booking_id,
        reserved_start, reserved_end, no_show_at, policy, details, metadata, created_at, updated_at)
      SELECT c.reservation, r.network_id, r.organisation_id, r.operator_id, r.mode, r.status, c.location, e.station_id, c.evse, k.id, c.booking,
        c.starts, c.ends, c.starts + interval '15 minutes', r.policy, r.details, r.metadata, r.created_at, r.updated_at
      FROM ${copies} JOIN evses e ON e.id = c.evse JOIN connectors k ON k.evse_id = e.id CROSS JOIN reservations r WHERE r.id = $2`, [rows, original.id]);
    await client.query('VACUUM (ANALYZE)');
  });
}
