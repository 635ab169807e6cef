/**
 * The demo network: four operators and two providers between Bengaluru and Mysuru, on which the stories of seeds 000 and 001
 * can be played as written. The places are real, the companies and their sites are made up.
 */
import { BELADINGALU_ENERGY } from './beladingalu-energy.ts';
import { DAARI, DEMO_DRIVERS, PAYANA_PASS, type DemoDriver } from './drivers.ts';
import { HAKKI_CHARGE } from './hakki-charge.ts';
import { MALLIGE_VOLT } from './mallige-volt.ts';
import { NAGARA_PLUG } from './nagara-plug.ts';
import type { DemoPolicy } from './policy.ts';
import { BENGALURU_TO_MYSURU, type DemoRoute } from './route.ts';
import { locationOf, type DemoLocation } from './site.ts';

export interface DemoOrganisation {
  slug: string;
  name: string;
  roles: ('operator' | 'provider')[];
  /** three letters: the OCPI party, and the operator's part of the eMI3 ids */
  partyId: string;
  /** ISO 3166-1 alpha-2 */
  countryCode: 'IN';
}

export interface DemoStory {
  operatorSlug: string;
  locationRef: string;
  providerSlug: string;
  driverRef: string;
  vehicleRef: string;
  /** `HH:MM` in the location's own time, as is its end */
  slotBegin: string;
  slotEnd: string;
}

export interface DemoNetwork {
  organisations: DemoOrganisation[];
  /** with a whole policy (its operator's and its own) where it has one of its own */
  locations: DemoLocation[];
  operatorPolicies: { operatorSlug: string; policy: DemoPolicy }[];
  drivers: DemoDriver[];
  route: DemoRoute;
  /** the parts that Srilekha's story is played with */
  story: DemoStory;
}

const OPERATORS = [HAKKI_CHARGE, MALLIGE_VOLT, BELADINGALU_ENERGY, NAGARA_PLUG];
const PROVIDERS = [DAARI, PAYANA_PASS];

function organisations(): DemoOrganisation[] {
  return [
    ...OPERATORS.map(({ slug, name, partyId }): DemoOrganisation => ({ slug, name, roles: ['operator'], partyId, countryCode: 'IN' })),
    ...PROVIDERS.map(({ slug, name, partyId }): DemoOrganisation => ({ slug, name, roles: ['provider'], partyId, countryCode: 'IN' })),
  ];
}

/** The whole demo network as data, a copy of its own for each caller. */
export function demoNetwork(): DemoNetwork {
  return structuredClone({
    organisations: organisations(),
    locations: OPERATORS.flatMap((operator) => operator.sites.map((site) => locationOf(operator, site))),
    operatorPolicies: OPERATORS.map(({ slug, policy }) => ({ operatorSlug: slug, policy })),
    drivers: DEMO_DRIVERS,
    route: BENGALURU_TO_MYSURU,
    story: {
      operatorSlug: HAKKI_CHARGE.slug, locationRef: 'HAK-CPT-01', providerSlug: DAARI.slug, driverRef: 'srilekha', vehicleRef: 'srilekha-nexon',
      slotBegin: '12:45', slotEnd: '13:30',
    },
  });
}
