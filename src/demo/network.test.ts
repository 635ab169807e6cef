import CheapRuler from 'cheap-ruler';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, requireConsistentPolicy, type BookingPolicy } from '../domain/reservations/policy.ts';
import {
  CAPABILITIES, CONNECTOR_FORMATS, CONNECTOR_STANDARDS, ENERGY_SOURCES, ENVIRONMENTAL_IMPACTS, EVSE_STATUSES, FACILITIES, PARKING_RESTRICTIONS,
  PARKING_TYPES, POWER_TYPES, powerFromElectrics, type EvseInput, type LocationInput, type OpeningTimes,
} from '../domain/stations/index.ts';
import { demoNetwork } from './network.ts';

const network = demoNetwork();
const locations = network.locations.map(({ input }) => input);
const evses = locations.flatMap(evsesOf);
const connectors = evses.flatMap((evse) => evse.connectors);
const ruler = new CheapRuler(12.65, 'meters');
const MAX_OFF_ROUTE_M = 40_000;
const HHMM = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

function evsesOf(location: LocationInput): EvseInput[] {
  return location.stations.flatMap((station) => station.evses);
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('missing');
  return value;
}

function policyOf(locationRef: string): BookingPolicy {
  const location = required(network.locations.find(({ input }) => input.ref === locationRef));
  const operatorPolicy = required(network.operatorPolicies.find(({ operatorSlug }) => operatorSlug === location.operatorSlug)).policy;
  return { ...DEFAULT_POLICY, ...(location.policy ?? operatorPolicy) };
}

function metresOffRoute(location: LocationInput): number {
  const here: [number, number] = [location.coordinates.longitude, location.coordinates.latitude];
  return ruler.distance(here, ruler.pointOnLine(network.route.line, here).point);
}

function ccs2DcEvses(location: LocationInput): EvseInput[] {
  return evsesOf(location).filter(({ connectors: plugs }) => plugs.some((plug) => plug.standard === 'IEC_62196_T2_COMBO' && plug.powerType === 'DC'));
}

function expectUnique(values: string[]): void {
  expect(values.length).toBeGreaterThan(0);
  expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
}

function minutesOfDay(hhmm: string): number {
  const [hours, minutes] = hhmm.split(':').map(Number);
  return required(hours) * 60 + required(minutes);
}

describe('size and identity', () => {
  it('has four operators, two providers, about 24 locations and 70 to 110 connectors', () => {
    expect(network.organisations.filter(({ roles }) => roles.includes('operator'))).toHaveLength(4);
    expect(network.organisations.filter(({ roles }) => roles.includes('provider'))).toHaveLength(2);
    expect(locations.length).toBeGreaterThanOrEqual(22);
    expect(locations.length).toBeLessThanOrEqual(26);
    expect(connectors.length).toBeGreaterThanOrEqual(70);
    expect(connectors.length).toBeLessThanOrEqual(110);
  });

  it('gives every organisation, location, station, EVSE and driver a ref of its own in the whole network', () => {
    expectUnique(network.organisations.map(({ slug }) => slug));
    expectUnique(network.organisations.map(({ partyId }) => partyId));
    expectUnique(locations.map(({ ref }) => ref));
    expectUnique(locations.map(({ name }) => name));
    expectUnique(locations.flatMap(({ stations }) => stations.map(({ ref }) => ref)));
    expectUnique(evses.map(({ uid }) => uid));
    expectUnique(evses.map(({ emi3Id }) => required(emi3Id)));
    expectUnique(network.drivers.map(({ ref }) => ref));
    expectUnique(network.drivers.flatMap(({ vehicles }) => vehicles.map(({ ref }) => ref)));
    for (const evse of evses) expectUnique(evse.connectors.map(({ ref }) => ref));
  });

  it('writes eMI3 ids that carry the country and the operator\'s party id', () => {
    for (const { operatorSlug, input } of network.locations) {
      const { partyId } = required(network.organisations.find(({ slug }) => slug === operatorSlug));
      expect(partyId).toMatch(/^[A-Z0-9]{3}$/);
      const format = new RegExp(`^IN\\*${partyId}\\*E[A-Z0-9][A-Z0-9*]{0,30}$`);
      for (const { emi3Id } of evsesOf(input)) expect(emi3Id).toMatch(format);
    }
  });

  it('refers to nothing that is not there', () => {
    const rolesBySlug = new Map(network.organisations.map(({ slug, roles }) => [slug, roles]));
    for (const { operatorSlug } of [...network.locations, ...network.operatorPolicies]) expect(rolesBySlug.get(operatorSlug)).toContain('operator');
    for (const { providerSlug } of network.drivers) expect(rolesBySlug.get(providerSlug)).toContain('provider');
    expectUnique(network.operatorPolicies.map(({ operatorSlug }) => operatorSlug));
    expect(network.operatorPolicies).toHaveLength(4);
  });

  it('hands out a copy, so that no caller can change another\'s network', () => {
    const before = JSON.stringify(demoNetwork());
    required(demoNetwork().locations[0]).input.facilities.push('MUSEUM');
    expect(JSON.stringify(demoNetwork())).toBe(before);
  });
});

describe('what OCPI can carry', () => {
  it('keeps to the closed lists', () => {
    for (const location of locations) {
      expect(PARKING_TYPES).toContain(location.parkingType);
      expect(FACILITIES).toEqual(expect.arrayContaining(location.facilities));
      expectUnique(location.facilities);
      for (const { source } of location.energyMix?.energySources ?? []) expect(ENERGY_SOURCES).toContain(source);
      for (const { category } of location.energyMix?.environImpact ?? []) expect(ENVIRONMENTAL_IMPACTS).toContain(category);
    }
    for (const evse of evses) {
      expect(EVSE_STATUSES).toContain(evse.status);
      expect(CAPABILITIES).toEqual(expect.arrayContaining(evse.capabilities));
      expect(PARKING_RESTRICTIONS).toEqual(expect.arrayContaining(evse.parkingRestrictions));
    }
    for (const connector of connectors) {
      expect(CONNECTOR_STANDARDS).toContain(connector.standard);
      expect(CONNECTOR_FORMATS).toContain(connector.format);
      expect(POWER_TYPES).toContain(connector.powerType);
    }
    for (const vehicle of network.drivers.flatMap(({ vehicles }) => vehicles)) {
      expect(CONNECTOR_STANDARDS).toEqual(expect.arrayContaining(vehicle.connectorStandards));
    }
  });

  it('keeps to the lengths', () => {
    for (const location of locations) {
      expect(location.ref.length).toBeLessThanOrEqual(36);
      expect(location.address.length, location.address).toBeLessThanOrEqual(45);
      expect(location.city.length).toBeLessThanOrEqual(45);
      expect(location.postalCode).toMatch(/^5[6-9]\d{4}$/);
      expect(location.country).toBe('IND');
      for (const { text } of location.directions) expect(text.length).toBeLessThanOrEqual(512);
      expectUnique(location.directions.map(({ language }) => language));
      expect(location.directions.map(({ language }) => language)).toContain('en');
    }
    for (const evse of evses) {
      expect(evse.uid.length).toBeLessThanOrEqual(36);
      expect(required(evse.physicalReference)).toMatch(/^[A-Z]\d$/);
      expect((evse.floorLevel ?? '').length).toBeLessThanOrEqual(4);
    }
  });

  it('mixes energy to a hundred percent, green and not', () => {
    for (const { energyMix } of locations) expect(required(energyMix?.energySources).reduce((sum, { percentage }) => sum + percentage, 0)).toBe(100);
    expect(new Set(locations.map(({ energyMix }) => energyMix?.isGreenEnergy))).toEqual(new Set([true, false]));
  });

  it('promises no plug more power than its voltage and current give', () => {
    for (const { powerType, maxVoltageV, maxAmperageA, maxPowerW } of connectors) {
      // 7.4 kW is the trade's name for 230 V × 32 A
      expect(maxPowerW).toBeLessThanOrEqual(powerFromElectrics(powerType, maxVoltageV, maxAmperageA) * 1.01);
      expect(maxPowerW).toBeGreaterThan(0);
    }
  });

  it('has every sort of plug that is in use in India', () => {
    const kinds = new Set(connectors.map(({ standard, maxPowerW }) => `${standard} ${maxPowerW}`));
    const wanted = [
      'IEC_62196_T2_COMBO 30000', 'IEC_62196_T2_COMBO 60000', 'IEC_62196_T2_COMBO 120000', 'IEC_62196_T2_COMBO 240000', 'CHADEMO 50000',
      'GBT_DC 15000', 'IEC_62196_T2 7400', 'IEC_62196_T2 22000', 'IEC_60309_2_single_16 3300', 'DOMESTIC_M 3300',
    ];
    expect([...kinds].sort()).toEqual(wanted.sort());
    expect(network.drivers.flatMap(({ vehicles }) => vehicles.flatMap((vehicle) => vehicle.connectorStandards)).filter(
      (standard) => !connectors.some((connector) => connector.standard === standard))).toEqual([]);
  });
});

describe('opening hours', () => {
  function expectSound({ twentyFourSeven, regularHours, exceptionalOpenings, exceptionalClosings }: OpeningTimes): void {
    expect(twentyFourSeven).toBe(regularHours.length === 0);
    for (const { weekday, periodBegin, periodEnd } of regularHours) {
      expect(weekday).toBeGreaterThanOrEqual(1);
      expect(weekday).toBeLessThanOrEqual(7);
      expect(periodBegin).toMatch(HHMM);
      expect(periodEnd).toMatch(HHMM);
      expect(minutesOfDay(periodBegin)).toBeLessThan(minutesOfDay(periodEnd));
    }
    for (const { periodBegin, periodEnd } of [...exceptionalOpenings, ...exceptionalClosings]) {
      expect(Number.isSafeInteger(periodBegin)).toBe(true);
      expect(periodEnd).toBeGreaterThan(periodBegin);
    }
  }

  it('are sound, in Indian time', () => {
    for (const { timeZone, openingTimes } of locations) {
      expect(timeZone).toBe('Asia/Kolkata');
      expectSound(openingTimes);
    }
  });

  it('differ: round the clock, by the day, closed on Sundays, closed or open as an exception', () => {
    const all = locations.map(({ openingTimes }) => openingTimes);
    expect(all.some(({ twentyFourSeven, exceptionalClosings }) => twentyFourSeven && exceptionalClosings.length > 0)).toBe(true);
    expect(all.some(({ regularHours }) => regularHours.length === 7)).toBe(true);
    expect(all.some(({ regularHours }) => regularHours.length === 6)).toBe(true);
    expect(all.some(({ exceptionalOpenings }) => exceptionalOpenings.length > 0)).toBe(true);
    const office = required(locations.find(({ name }) => name === 'Honge Tech Park')).openingTimes;
    expect(new Date(required(office.exceptionalClosings[0]).periodBegin).toISOString()).toBe('2026-01-25T18:30:00.000Z');
  });
});

describe('policies', () => {
  const inForce = locations.map(({ ref }) => policyOf(ref));

  it('are there in every mode', () => {
    expect(new Set(inForce.map(({ mode }) => mode))).toEqual(new Set(['mixed', 'booking_only', 'walk_in_only']));
  });

  it('make an EVSE reservable exactly where bookings are taken', () => {
    for (const location of locations) {
      const reservable = evsesOf(location).filter(({ capabilities }) => capabilities.includes('RESERVABLE'));
      if (policyOf(location.ref).mode === 'walk_in_only') expect(reservable, location.ref).toEqual([]);
      else expect(reservable.length, location.ref).toBeGreaterThan(0);
    }
  });

  it('ask for no money before a booking is confirmed', () => {
    for (const { fee } of inForce) expect(fee).toEqual({ currency: 'INR', fixedMinor: 0, perMinuteMinor: 0, depositMinor: 0, credited: true });
  });

  it('are consistent, and refund more for more notice', () => {
    for (const policy of inForce) {
      expect(() => requireConsistentPolicy(policy)).not.toThrow();
      expect(policy.minDurationMinutes % policy.slotGridMinutes).toBe(0);
      expect(policy.maxDurationMinutes % policy.slotGridMinutes).toBe(0);
      expect(policy.walkInSharePercent).toBeLessThan(100);
      expect(policy.refundTiers.toSorted((a, b) => b.minMinutesBeforeStart - a.minMinutesBeforeStart)).toEqual(policy.refundTiers);
      expect(policy.refundTiers.toSorted((a, b) => b.refundPercent - a.refundPercent)).toEqual(policy.refundTiers);
    }
  });

  it('name as backup only reservable EVSEs of their own location', () => {
    const withBackup = locations.filter(({ ref }) => policyOf(ref).backupEvseUids.length > 0);
    expect(withBackup.length).toBeGreaterThan(0);
    for (const location of withBackup) {
      const reservable = evsesOf(location).filter(({ capabilities }) => capabilities.includes('RESERVABLE')).map(({ uid }) => uid);
      expect(reservable).toEqual(expect.arrayContaining(policyOf(location.ref).backupEvseUids));
    }
  });
});

describe('geography', () => {
  it('runs the route from Bengaluru to Mysuru, nearer with every point', () => {
    const { line } = network.route;
    expect(line.length).toBeGreaterThanOrEqual(40);
    expect(line.length).toBeLessThanOrEqual(80);
    const destination = required(line.at(-1));
    const left = line.map((point) => ruler.distance(point, destination));
    for (const [index, metres] of left.entries()) if (index > 0) expect(metres, `point ${index}`).toBeLessThan(required(left[index - 1]));
    expect(ruler.distance(required(line[0]), [77.5946, 12.9716])).toBeLessThan(3_000);
    expect(ruler.distance(destination, [76.6552, 12.3052])).toBeLessThan(3_000);
    // the road is about 145 km from centre to centre; a line that cuts its bends is somewhat shorter
    expect(ruler.lineDistance(line)).toBeGreaterThan(125_000);
    expect(ruler.lineDistance(line)).toBeLessThan(150_000);
  });

  it('passes through the towns of NH-275', () => {
    const towns: [string, number, number][] = [
      ['Kengeri', 77.4831, 12.9083], ['Bidadi', 77.387, 12.7977], ['Ramanagara', 77.2799, 12.7209], ['Channapatna', 77.2067, 12.6518],
      ['Maddur', 77.045, 12.5847], ['Mandya', 76.8951, 12.5218], ['Srirangapatna', 76.6931, 12.4216],
    ];
    for (const [town, longitude, latitude] of towns) {
      const here: [number, number] = [longitude, latitude];
      expect(ruler.distance(here, ruler.pointOnLine(network.route.line, here).point), town).toBeLessThan(2_000);
    }
  });

  it('puts every location into southern Karnataka, not far from the route, and no two on one spot', () => {
    for (const location of locations) {
      const { latitude, longitude } = location.coordinates;
      expect(latitude).toBeGreaterThan(12.2);
      expect(latitude).toBeLessThan(13.3);
      expect(longitude).toBeGreaterThan(76.5);
      expect(longitude).toBeLessThan(77.8);
      expect(metresOffRoute(location), location.name).toBeLessThan(MAX_OFF_ROUTE_M);
    }
    expectUnique(locations.map(({ coordinates }) => `${coordinates.latitude.toFixed(3)} ${coordinates.longitude.toFixed(3)}`));
  });

  it('puts all of Hakki Charge\'s plazas onto the highway, one after the other', () => {
    const plazas = network.locations.filter(({ operatorSlug }) => operatorSlug === 'hakki-charge').map(({ input }) => input);
    for (const plaza of plazas) expect(metresOffRoute(plaza), plaza.name).toBeLessThan(500);
    const fromTheStart = plazas.map(({ coordinates }) => {
      const { index, t } = ruler.pointOnLine(network.route.line, [coordinates.longitude, coordinates.latitude]);
      return index + t;
    });
    expect(fromTheStart.toSorted((a, b) => a - b)).toEqual(fromTheStart);
  });
});

describe('the story of seeds 000 and 001', () => {
  const { story } = network;
  const foodCourt = required(locations.find(({ ref }) => ref === story.locationRef));
  const durationMinutes = minutesOfDay(story.slotEnd) - minutesOfDay(story.slotBegin);

  it('has a food court within 2 km of the route with at least four CCS2 fast chargers that can be booked', () => {
    expect(foodCourt.facilities).toContain('RESTAURANT');
    expect(metresOffRoute(foodCourt)).toBeLessThan(2_000);
    const bookable = ccs2DcEvses(foodCourt).filter(({ capabilities, status }) => capabilities.includes('RESERVABLE') && status === 'AVAILABLE');
    expect(bookable.length).toBeGreaterThanOrEqual(4);
  });

  it('can be booked 12:45 to 13:30 at every highway plaza with a restaurant that is open then', () => {
    expect([story.slotBegin, story.slotEnd]).toEqual(['12:45', '13:30']);
    const plazas = locations.filter((location) => location.facilities.includes('RESTAURANT') && location.ref.startsWith('HAK-'));
    expect(plazas.length).toBeGreaterThanOrEqual(4);
    for (const { ref, openingTimes } of plazas) {
      const policy = policyOf(ref);
      const grid = policy.slotGridMinutes;
      expect([minutesOfDay(story.slotBegin) % grid, durationMinutes % grid], ref).toEqual([0, 0]);
      expect(durationMinutes).toBeGreaterThanOrEqual(policy.minDurationMinutes);
      expect(durationMinutes).toBeLessThanOrEqual(policy.maxDurationMinutes);
      // she looks half an hour ahead
      expect(policy.minLeadMinutes).toBeLessThanOrEqual(30);
      for (const { periodBegin, periodEnd } of openingTimes.regularHours) {
        expect(minutesOfDay(periodBegin)).toBeLessThanOrEqual(minutesOfDay(story.slotBegin));
        expect(minutesOfDay(periodEnd)).toBeGreaterThanOrEqual(minutesOfDay(story.slotEnd));
      }
    }
  });

  it('has the seed\'s cancellation terms: 85 % back four hours before', () => {
    expect(policyOf(story.locationRef).refundTiers).toEqual([{ minMinutesBeforeStart: 240, refundPercent: 85 }]);
  });

  it('has Srilekha with a car that charges there', () => {
    const srilekha = required(network.drivers.find(({ ref }) => ref === story.driverRef));
    expect(srilekha.providerSlug).toBe(story.providerSlug);
    expect(required(srilekha.vehicles.find(({ ref }) => ref === story.vehicleRef)).connectorStandards).toContain('IEC_62196_T2_COMBO');
  });

  it('has a restaurant for Raghav where he walks in', () => {
    const walkIn = locations.filter(({ ref, facilities }) => facilities.includes('RESTAURANT') && policyOf(ref).mode === 'walk_in_only');
    expect(walkIn.flatMap(ccs2DcEvses).length).toBeGreaterThan(0);
  });

  it('has a CCS2 plug in the circle that seed 000 searches', () => {
    const centre: [number, number] = [77.325647, 12.423423];
    const found = locations.filter(({ coordinates }) => ruler.distance([coordinates.longitude, coordinates.latitude], centre) <= 5_000);
    expect(found.flatMap(ccs2DcEvses).length).toBeGreaterThan(0);
  });
});
