/** The network of a history: chosen from its seed, then made over HTTP. */
import type { Api, Json } from '../support/api.ts';
import type { Random } from '../support/random.ts';
import { DAY, HOUR, MINUTE, must } from '../support/world.ts';

/** Zones whose clock changes, one of them by half an hour; a history lies in a week in which the clock of its town does. */
const CHANGING_ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/St_Johns'];
const STANDARDS = ['IEC_62196_T2_COMBO', 'IEC_62196_T2', 'CHADEMO'];
export const WEEK = 7 * DAY;

export interface PlacePlan {
  operator: 0 | 1;
  timeZone: string;
  coordinates: { latitude: number; longitude: number };
  /** the standards at each EVSE */
  evses: string[][];
  openingTimes: object;
  policy: Record<string, unknown>;
}

export interface NetworkPlan {
  /** when the week begins: some days before a change of the clock in the town */
  startsAt: number;
  places: PlacePlan[];
  /** for each driver its provider */
  drivers: (0 | 1)[];
}

/** Three places of a town, one on the road out of it, and one on the other side of the world. */
export function planNetwork(random: Random, now: number): NetworkPlan {
  const timeZone = random.pick(CHANGING_ZONES);
  const center = { latitude: 48 + random.below(100) / 100, longitude: 11 + random.below(100) / 100 };
  const near = (kilometres: number) => ({
    latitude: center.latitude + (random.next() - 0.5) * kilometres / 111, longitude: center.longitude + (random.next() - 0.5) * kilometres / 75,
  });
  const change = clockChangeAfter(timeZone, now + 2 * WEEK, random.below(2));
  return {
    startsAt: Math.ceil((change - DAY - random.below(5 * 24) * HOUR) / HOUR) * HOUR,
    places: [
      planPlace(random, 0, timeZone, center), planPlace(random, 1, timeZone, near(3)), planPlace(random, 0, timeZone, near(5)), planPlace(random, 1, timeZone, near(25)),
      planPlace(random, 1, random.pick(['Asia/Kolkata', 'Asia/Kathmandu']), { latitude: 12 + random.next(), longitude: 77 + random.next() }),
    ],
    drivers: Array.from({ length: 14 }, () => (random.percent(60) ? 0 : 1)),
  };
}

/** The next change of a zone's clock, or the one after it. */
function clockChangeAfter(timeZone: string, at: number, skip: number): number {
  let local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  for (let i = 0; i <= skip; i++) local = local.getTimeZoneTransition('next')!;
  return local.epochMilliseconds;
}

function planPlace(random: Random, operator: 0 | 1, timeZone: string, coordinates: PlacePlan['coordinates']): PlacePlan {
  const evses = Array.from({ length: 2 + random.below(3) }, () => [random.pick(STANDARDS.slice(0, 2)), ...(random.percent(30) ? [STANDARDS[2]!] : [])]);
  return { operator, timeZone, coordinates, evses, openingTimes: planHours(random), policy: planPolicy(random) };
}

function planHours(random: Random): object {
  if (random.percent(50)) return { twentyfourseven: true };
  const [begin, end] = random.pick([['06:00', '23:00'], ['00:00', '24:00'], ['18:00', '04:00'], ['05:30', '21:15']]);
  const days = random.percent(70) ? [1, 2, 3, 4, 5, 6, 7] : [1, 2, 4, 5, 6];
  return { twentyfourseven: false, regular_hours: days.map((weekday) => ({ weekday, period_begin: begin, period_end: end })) };
}

export function planPolicy(random: Random): Record<string, unknown> {
  const grid = random.pick([5, 10, 15, 15, 20, 30]);
  const buffer = random.pick([0, 0, 5, 10, 15]);
  const noShow = random.pick([10, 15, 30]);
  return {
    slot_grid_minutes: grid, min_duration_minutes: grid * (1 + random.below(2)), max_duration_minutes: 60 * (2 + random.below(3)),
    min_lead_minutes: random.pick([0, 0, 0, 10]), max_lead_minutes: 24 * 60 * random.pick([2, 4, 10]),
    buffer_minutes: buffer, early_start_minutes: random.pick([0, 10, 20]), late_stop_minutes: random.percent(50) ? buffer : 0,
    no_show_minutes: noShow, grace_minutes: noShow + random.pick([0, 15, 30]), hold_minutes: random.pick([5, 10, 20]),
    change_until_minutes: random.pick([0, 0, 30]), cancel_until_minutes: random.pick([0, 0, 30]), max_active_per_driver: 2 + random.below(4),
    no_show_ban: random.percent(60) ? { consecutive: 2 + random.below(2), ban_minutes: 60 * random.pick([6, 24]) } : null,
    walk_in_share_percent: random.pick([0, 0, 0, 30, 50]), walk_in_into_slot: random.pick(['refuse', 'limit', 'allow']),
    on_fault: random.percent(80) ? 'move_else_refund' : 'refund',
  };
}

export interface Place {
  id: string;
  operator: 0 | 1;
  coordinates: { latitude: number; longitude: number };
  timeZone: string;
  gridMinutes: number;
  /** as they are described when they are added; `standards` decide who fits */
  evses: { id: string; stationId: string; body: object; standards: string[] }[];
  /** a location that keeps a share for walk-ins keeps its EVSEs, so that the share can be judged afterwards */
  keepsShare: boolean;
}

export interface Caller {
  name: string;
  key: string;
  organisationId: string;
}

export interface Driver {
  id: string;
  /** the driver's own key, and the provider's: either acts for the driver */
  callers: readonly Caller[];
}

export interface Network {
  id: string;
  startsAt: number;
  places: Place[];
  drivers: Driver[];
  operators: readonly [Caller, Caller];
  providers: readonly [Caller, Caller];
}

export type ApiOf = (caller: Caller) => Api;

/** Makes what the plan says, at the beginning of the week. */
export async function makeNetwork(apiOf: ApiOf, { id, operators, providers }: Pick<Network, 'id' | 'operators' | 'providers'>, plan: NetworkPlan): Promise<Network> {
  must(await apiOf(operators[0]).post('/v1/test_clock/advance', { to: new Date(plan.startsAt).toISOString() }));
  const places: Place[] = [];
  for (const [i, place] of plan.places.entries()) places.push(await makePlace(apiOf(operators[place.operator]), place, `P${i + 1}`));
  const drivers: Driver[] = [];
  for (const [i, provider] of plan.drivers.entries()) drivers.push(await makeDriver(apiOf(providers[provider]), providers[provider], `driver ${i + 1}`));
  return { id, operators, providers, startsAt: plan.startsAt, places, drivers };
}

async function makePlace(api: Api, plan: PlacePlan, name: string): Promise<Place> {
  const bodies = plan.evses.map((standards, i) => ({ uid: `${name}-${i + 1}`, connectors: standards.map((standard, n) => connectorBody(standard, String(n + 1))) }));
  const location: Json = must(await api.post('/v1/locations', {
    ref: name, name, address: 'Main Road', city: 'Town', country: 'DEU', coordinates: plan.coordinates, time_zone: plan.timeZone, opening_times: plan.openingTimes,
    charging_stations: [{ ref: 'A', evses: bodies }],
  }));
  const [station] = location.charging_stations;
  const evses = (station.evses as Json[]).map(({ id, uid }) => {
    const at = bodies.findIndex((body) => body.uid === uid);
    return { id: String(id), stationId: String(station.id), body: bodies[at]!, standards: plan.evses[at]! };
  });
  must(await api.patch(`/v1/locations/${location.id}/policy`, { ...plan.policy, backup_evse_uids: [`${name}-2`] }));
  return {
    id: location.id, operator: plan.operator, coordinates: plan.coordinates, timeZone: plan.timeZone, gridMinutes: plan.policy.slot_grid_minutes as number, evses,
    keepsShare: plan.policy.walk_in_share_percent !== 0,
  };
}

function connectorBody(standard: string, ref: string): object {
  const ac = standard === 'IEC_62196_T2';
  return {
    ref, standard, format: 'CABLE', power_type: ac ? 'AC_3_PHASE' : 'DC', max_voltage: ac ? 230 : 1000, max_amperage: ac ? 32 : 500,
    max_electric_power: ac ? 22_000 : 60_000,
  };
}

async function makeDriver(api: Api, provider: Caller, name: string): Promise<Driver> {
  const { id } = must(await api.post('/v1/drivers', {}));
  const { secret } = must(await api.post(`/v1/drivers/${id}/keys`, { name: 'app' }));
  return { id, callers: [{ ...provider, name, key: secret }, provider] };
}

/** A start on a place's grid, so many steps after the first one that is not before `at`. */
export function onGrid({ timeZone, gridMinutes }: Pick<Place, 'timeZone' | 'gridMinutes'>, at: number, steps: number): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const intoDayMs = at - local.startOfDay().epochMilliseconds;
  const stepMs = gridMinutes * MINUTE;
  return at + (Math.ceil(intoDayMs / stepMs) + steps) * stepMs - intoDayMs;
}
