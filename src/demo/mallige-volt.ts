/** Mallige Volt: malls, restaurants and shops in Bengaluru and Mysuru. */
import { acStation, dcStation } from './chargers.ts';
import { everyYear, openFrom } from './hours.ts';
import { MALL_POLICY } from './policy.ts';
import { en, greenEnergy, hi, kn, type DemoOperator, type Site } from './site.ts';

const ROOFTOP_SOLAR = greenEnergy({ SOLAR: 100 }, 'Rooftop Day');

const KORAMANGALA: Site = {
  code: 'BLR-01',
  name: 'Parijata Square Mall',
  address: '80 Feet Road, Koramangala 6th Block',
  city: 'Bengaluru',
  postalCode: '560095',
  at: [12.9389, 77.6242],
  parkingType: 'UNDERGROUND_GARAGE',
  facilities: ['MALL', 'RESTAURANT', 'CAFE', 'SUPERMARKET', 'WIFI'],
  directions: [en('Ramp P2, level B2, pillars 14 to 19. Height limit 2.1 m.'), hi('रैंप P2, तल B2, खंभा 14 से 19।')],
  hours: openFrom('10:00', '23:00'),
  chargingWhenClosed: false,
  cabinets: [
    dcStation('A', 60_000, 2, { floorLevel: 'B1' }),
    acStation('B', 22_000, 4, { floorLevel: 'B2', parkingRestrictions: ['EV_ONLY', 'CUSTOMERS'] }),
  ],
};

const RAJAJINAGAR: Site = {
  code: 'BLR-02',
  name: 'Nandi Arcade Mall',
  address: 'Dr. Rajkumar Road, Rajajinagar',
  city: 'Bengaluru',
  postalCode: '560010',
  at: [12.9921, 77.5552],
  parkingType: 'PARKING_GARAGE',
  facilities: ['MALL', 'CAFE', 'METRO_STATION'],
  directions: [en('Second floor of the car park, next to the bridge to the mall.')],
  // On New Year's Eve the mall stays open past midnight.
  hours: { ...openFrom('10:00', '22:00'), exceptionalOpenings: everyYear('12-31T22:00', 3) },
  chargingWhenClosed: false,
  cabinets: [
    dcStation('A', 30_000, 1, { floorLevel: '2' }),
    acStation('B', 7_400, 3, { floorLevel: '2' }),
    acStation('C', 7_400, 1, { floorLevel: 'G', parkingRestrictions: ['EV_ONLY', 'DISABLED'] }),
  ],
};

/** Where Raghav meets his client and charges meanwhile. */
const JAYANAGAR: Site = {
  code: 'BLR-03',
  name: 'Oota Angala Dine-In',
  address: '11th Main Road, Jayanagar 4th Block',
  city: 'Bengaluru',
  postalCode: '560011',
  at: [12.9281, 77.5838],
  parkingType: 'PARKING_LOT',
  facilities: ['RESTAURANT', 'WIFI'],
  directions: [
    en('In the restaurant\'s own car park; scan the code on the post to start.'),
    kn('ರೆಸ್ಟೋರೆಂಟ್‌ನ ಪಾರ್ಕಿಂಗ್‌ನಲ್ಲಿ; ಆರಂಭಿಸಲು ಕಂಬದ ಮೇಲಿನ ಕೋಡ್ ಸ್ಕ್ಯಾನ್ ಮಾಡಿ.'),
  ],
  hours: openFrom('08:00', '23:00'),
  chargingWhenClosed: false,
  ownerName: 'Oota Angala Restaurants',
  policy: { mode: 'walk_in_only' },
  cabinets: [dcStation('A', 30_000, 1, { parkingRestrictions: ['CUSTOMERS'] }), acStation('B', 7_400, 2, { parkingRestrictions: ['CUSTOMERS'] })],
};

const INDIRANAGAR: Site = {
  code: 'BLR-04',
  name: 'Degree Kaapi House',
  address: '12th Main Road, Indiranagar',
  city: 'Bengaluru',
  postalCode: '560038',
  at: [12.9706, 77.6404],
  parkingType: 'ON_STREET',
  facilities: ['CAFE', 'WIFI'],
  directions: [en('Two marked bays in front of the café.')],
  hours: openFrom('07:00', '24:00'),
  policy: { maxDurationMinutes: 120, walkInSharePercent: 0 },
  cabinets: [acStation('A', 7_400, 2)],
};

const MYSURU_MALL: Site = {
  code: 'MYS-01',
  name: 'Mallige Court Mall',
  address: 'M.G. Road, Nazarbad',
  city: 'Mysuru',
  postalCode: '570010',
  at: [12.3004, 76.6668],
  parkingType: 'UNDERGROUND_GARAGE',
  facilities: ['MALL', 'RESTAURANT', 'SUPERMARKET', 'WIFI'],
  directions: [en('Level B1, turn right after the ticket gate.'), kn('ಬಿ1 ಮಹಡಿ, ಟಿಕೆಟ್ ಗೇಟ್ ನಂತರ ಬಲಕ್ಕೆ.')],
  hours: openFrom('10:00', '22:30'),
  chargingWhenClosed: false,
  energyMix: ROOFTOP_SOLAR,
  cabinets: [dcStation('A', 60_000, 2, { floorLevel: 'B1' }), acStation('B', 22_000, 2, { floorLevel: 'B1' })],
};

const MYSURU_MARKET: Site = {
  code: 'MYS-02',
  name: 'Bannimantap Fresh Market',
  address: 'Bengaluru Road, Bannimantap',
  city: 'Mysuru',
  postalCode: '570015',
  at: [12.3341, 76.6586],
  parkingType: 'PARKING_LOT',
  facilities: ['SUPERMARKET', 'CAFE', 'PARKING_LOT'],
  directions: [en('First row of the car park, facing the entrance.'), kn('ಪಾರ್ಕಿಂಗ್‌ನ ಮೊದಲ ಸಾಲು, ಪ್ರವೇಶದ ಎದುರು.')],
  hours: openFrom('08:00', '22:00'),
  energyMix: ROOFTOP_SOLAR,
  cabinets: [dcStation('A', 30_000, 1), acStation('B', 7_400, 2)],
};

export const MALLIGE_VOLT: DemoOperator = {
  slug: 'mallige-volt',
  name: 'Mallige Volt',
  partyId: 'MLV',
  policy: MALL_POLICY,
  sites: [KORAMANGALA, RAJAJINAGAR, JAYANAGAR, INDIRANAGAR, MYSURU_MALL, MYSURU_MARKET],
};
