/** Beladingalu Energy: hotels, office parks and the airport, where a vehicle stays for hours or nights. */
import { acStation, dcStation } from './chargers.ts';
import { MONDAY_TO_SATURDAY, nationalHolidays, openFrom } from './hours.ts';
import { STAY_POLICY } from './policy.ts';
import { en, greenEnergy, hi, kn, type DemoOperator, type Site } from './site.ts';

const HYDRO = greenEnergy({ WATER: 80, SOLAR: 20 }, 'Western Ghats Water');

const AIRPORT: Site = {
  code: 'BLR-01',
  name: 'Bengaluru Airport Car Park P4',
  address: 'Airport arrival road, Devanahalli',
  city: 'Bengaluru',
  postalCode: '560300',
  at: [13.1995, 77.7043],
  parkingType: 'PARKING_GARAGE',
  facilities: ['AIRPORT', 'RESTAURANT', 'TAXI_STAND', 'BUS_STOP', 'WIFI'],
  directions: [
    en('P4, ground level for fast charging, level 1 for the length of your trip.'),
    hi('P4 पार्किंग: तेज़ चार्जिंग भूतल पर, लंबी पार्किंग तल 1 पर।'),
  ],
  policy: { maxDurationMinutes: 3 * 24 * 60 },
  cabinets: [
    dcStation('A', 120_000, 2, { floorLevel: 'G' }),
    dcStation('B', 60_000, 2, { floorLevel: 'G' }),
    acStation('C', 22_000, 4, { floorLevel: '1' }),
  ],
};

const WHITEFIELD: Site = {
  code: 'BLR-02',
  name: 'Honge Tech Park',
  address: 'ITPL Main Road, Whitefield',
  city: 'Bengaluru',
  postalCode: '560066',
  at: [12.9868, 77.7361],
  parkingType: 'PARKING_GARAGE',
  facilities: ['CAFE', 'RESTAURANT', 'BUS_STOP', 'WIFI'],
  directions: [en('Gate 3, tell security that you have a booking. Visitors on level B1.')],
  hours: { ...openFrom('07:00', '22:00', MONDAY_TO_SATURDAY), exceptionalClosings: nationalHolidays() },
  chargingWhenClosed: false,
  energyMix: HYDRO,
  cabinets: [acStation('A', 22_000, 4, { floorLevel: 'B1' }), dcStation('B', 30_000, 2, { floorLevel: 'G' })],
};

const ELECTRONIC_CITY: Site = {
  code: 'BLR-03',
  name: 'Sampige Office Park',
  address: 'Hosur Road, Electronic City Phase 1',
  city: 'Bengaluru',
  postalCode: '560100',
  at: [12.8471, 77.6632],
  parkingType: 'PARKING_LOT',
  facilities: ['CAFE', 'BUS_STOP'],
  directions: [en('Rows E1 to E4, left of the main gate.'), kn('ಮುಖ್ಯ ಗೇಟ್‌ನ ಎಡಭಾಗದಲ್ಲಿ, ಸಾಲು E1 ರಿಂದ E4.')],
  hours: { ...openFrom('08:00', '20:00', MONDAY_TO_SATURDAY), exceptionalClosings: nationalHolidays() },
  chargingWhenClosed: false,
  // Employees plug in when they come; visitors may book what is left.
  policy: { mode: 'mixed', walkInSharePercent: 75, walkInIntoSlot: 'limit' },
  cabinets: [acStation('A', 7_400, 4)],
};

const CITY_HOTEL: Site = {
  code: 'BLR-04',
  name: 'Hotel Suragi',
  address: 'Church Street, off M.G. Road',
  city: 'Bengaluru',
  postalCode: '560001',
  at: [12.9748, 77.6052],
  parkingType: 'UNDERGROUND_GARAGE',
  facilities: ['HOTEL', 'RESTAURANT', 'METRO_STATION', 'WIFI'],
  directions: [en('Hand the car to the valet at the porch, or drive down to level B2.')],
  energyMix: HYDRO,
  cabinets: [acStation('A', 22_000, 2, { floorLevel: 'B2', parkingRestrictions: ['EV_ONLY', 'CUSTOMERS'] })],
};

const MYSURU_HOTEL: Site = {
  code: 'MYS-01',
  name: 'Hotel Tota Mane',
  address: 'Jhansi Lakshmi Bai Road, Chamarajapura',
  city: 'Mysuru',
  postalCode: '570005',
  at: [12.3032, 76.6448],
  parkingType: 'ON_DRIVEWAY',
  facilities: ['HOTEL', 'RESTAURANT', 'TAXI_STAND', 'WIFI'],
  directions: [en('In the courtyard, behind the reception.'), kn('ಸ್ವಾಗತ ಕೊಠಡಿಯ ಹಿಂಭಾಗದ ಅಂಗಳದಲ್ಲಿ.')],
  energyMix: HYDRO,
  policy: { mode: 'mixed', walkInIntoSlot: 'limit' },
  cabinets: [dcStation('A', 60_000, 1), acStation('B', 22_000, 2)],
};

/** Far off the highway, in the hills that seed 000 searches in (5 km around 12.423423, 77.325647). */
const TRAIL_LODGE: Site = {
  code: 'KNK-01',
  name: 'Meenu Trail Lodge',
  address: 'Sathanur to Muthathi road, km 14',
  city: 'Kanakapura',
  postalCode: '562126',
  at: [12.4302, 77.3138],
  parkingType: 'PARKING_LOT',
  facilities: ['HOTEL', 'RESTAURANT', 'NATURE'],
  directions: [
    en('The last plugs before the river. The forest gate closes at 18:00.'),
    kn('ನದಿಗೆ ಮೊದಲು ಕೊನೆಯ ಚಾರ್ಜರ್. ಅರಣ್ಯ ಗೇಟ್ ಸಂಜೆ 6ಕ್ಕೆ ಮುಚ್ಚುತ್ತದೆ.'),
  ],
  hours: openFrom('06:00', '18:00'),
  energyMix: greenEnergy({ SOLAR: 100 }, 'Lodge Roof'),
  policy: { mode: 'mixed', slotGridMinutes: 30, minDurationMinutes: 30, walkInIntoSlot: 'limit' },
  cabinets: [dcStation('A', 30_000, 2), acStation('B', 7_400, 1)],
};

export const BELADINGALU_ENERGY: DemoOperator = {
  slug: 'beladingalu-energy',
  name: 'Beladingalu Energy',
  partyId: 'BLD',
  policy: STAY_POLICY,
  sites: [AIRPORT, WHITEFIELD, ELECTRONIC_CITY, CITY_HOTEL, MYSURU_HOTEL, TRAIL_LODGE],
};
