/** The people of the demo story and what they drive, one vehicle for each kind of plug. */
import type { VehicleInput } from '../domain/drivers/index.ts';

export interface DemoVehicle extends VehicleInput {
  ref: string;
}

export interface DemoDriver {
  ref: string;
  providerSlug: string;
  name: string;
  vehicles: DemoVehicle[];
}

export const DAARI = { slug: 'daari', name: 'Daari', partyId: 'DAR' } as const;
export const PAYANA_PASS = { slug: 'payana-pass', name: 'Payana Pass', partyId: 'PYP' } as const;

export const DEMO_DRIVERS: DemoDriver[] = [
  {
    // who drives from Bengaluru to Mysuru and books her lunch stop; the car is the one that seed 000 names
    ref: 'srilekha',
    providerSlug: DAARI.slug,
    name: 'Srilekha',
    vehicles: [
      {
        ref: 'srilekha-nexon', make: 'Tata', model: 'Nexon EV', connectorStandards: ['IEC_62196_T2_COMBO', 'IEC_62196_T2'],
        maxAcPowerW: 7_200, maxDcPowerW: 50_000, batteryCapacityWh: 40_500,
      },
    ],
  },
  {
    // who walks in at a restaurant and charges while he meets a client
    ref: 'raghav',
    providerSlug: PAYANA_PASS.slug,
    name: 'Raghav',
    vehicles: [
      {
        ref: 'raghav-hatchback', make: 'Tata', model: 'Tiago EV', connectorStandards: ['IEC_62196_T2_COMBO', 'IEC_62196_T2'],
        maxAcPowerW: 7_200, maxDcPowerW: 25_000, batteryCapacityWh: 24_000,
      },
    ],
  },
  {
    ref: 'nagamma',
    providerSlug: DAARI.slug,
    name: 'Nagamma',
    vehicles: [
      {
        ref: 'nagamma-scooter', make: 'TVS', model: 'iQube', connectorStandards: ['DOMESTIC_M', 'IEC_60309_2_single_16'],
        maxAcPowerW: 950, batteryCapacityWh: 3_400,
      },
    ],
  },
  {
    ref: 'imran',
    providerSlug: PAYANA_PASS.slug,
    name: 'Imran',
    vehicles: [
      {
        ref: 'imran-taxi', make: 'Mahindra', model: 'eVerito', connectorStandards: ['GBT_DC', 'IEC_60309_2_single_16'],
        maxAcPowerW: 2_500, maxDcPowerW: 15_000, batteryCapacityWh: 18_550,
      },
      {
        ref: 'imran-import', make: 'Nissan', model: 'Leaf', connectorStandards: ['CHADEMO', 'IEC_62196_T2'],
        maxAcPowerW: 6_600, maxDcPowerW: 46_000, batteryCapacityWh: 40_000,
      },
    ],
  },
];
