/** Nagara Plug: public alternating current on streets and at stations, for cars and above all for two- and three-wheelers. */
import { acStation, bharatAcStation, bharatDcStation, scooterRail } from './chargers.ts';
import { openFrom } from './hours.ts';
import { COMMUTER_POLICY, STREET_POLICY } from './policy.ts';
import { en, hi, kn, type DemoOperator, type Site } from './site.ts';

const NAYANDAHALLI: Site = {
  code: 'BLR-01',
  name: 'Nayandahalli Metro Park and Ride',
  address: 'Mysuru Road, below the metro station',
  city: 'Bengaluru',
  postalCode: '560039',
  at: [12.9423, 77.5243],
  parkingType: 'PARKING_LOT',
  facilities: ['METRO_STATION', 'BUS_STOP', 'TAXI_STAND', 'BIKE_SHARING'],
  directions: [en('Scooters left of the stairs, cars in the last row.'), kn('ಮೆಟ್ಟಿಲುಗಳ ಎಡಕ್ಕೆ ಸ್ಕೂಟರ್‌ಗಳು, ಕೊನೆಯ ಸಾಲಿನಲ್ಲಿ ಕಾರುಗಳು.')],
  hours: openFrom('05:00', '24:00'),
  policy: COMMUTER_POLICY,
  cabinets: [acStation('A', 7_400, 2), scooterRail('B', 4), bharatAcStation('C')],
};

const JAYANAGAR: Site = {
  code: 'BLR-02',
  name: 'Jayanagar 9th Block Kerbside',
  address: '26th Main Road, Jayanagar 9th Block',
  city: 'Bengaluru',
  postalCode: '560069',
  at: [12.9182, 77.5931],
  parkingType: 'ON_STREET',
  facilities: ['BUS_STOP'],
  directions: [en('On the kerb across from the park; parking is free while plugged in.')],
  cabinets: [acStation('A', 7_400, 2, { parkingRestrictions: ['EV_ONLY', 'PLUGGED'] })],
};

const RAMANAGARA: Site = {
  code: 'RMN-01',
  name: 'Ramanagara Bus Stand',
  address: 'Old Mysuru Road, at the bus stand',
  city: 'Ramanagara',
  postalCode: '562159',
  at: [12.7219, 77.2802],
  parkingType: 'PARKING_LOT',
  facilities: ['BUS_STOP', 'TAXI_STAND', 'TRAIN_STATION'],
  directions: [en('Auto-rickshaw rank, under the shelter.'), kn('ಆಟೋ ನಿಲ್ದಾಣದ ಚಾವಣಿಯ ಕೆಳಗೆ.')],
  cabinets: [bharatAcStation('A'), bharatDcStation('B', { parkingRestrictions: ['EV_ONLY', 'PLUGGED'] })],
};

const MYSURU_STATION: Site = {
  code: 'MYS-01',
  name: 'Mysuru Railway Station Car Park',
  address: 'Irwin Road, station forecourt',
  city: 'Mysuru',
  postalCode: '570001',
  at: [12.3158, 76.6457],
  parkingType: 'PARKING_LOT',
  facilities: ['TRAIN_STATION', 'TAXI_STAND', 'BUS_STOP', 'CAFE'],
  directions: [en('Right of the forecourt, behind the prepaid taxi booth.'), hi('प्रीपेड टैक्सी बूथ के पीछे, दाईं ओर।')],
  policy: COMMUTER_POLICY,
  cabinets: [acStation('A', 7_400, 2), scooterRail('B', 3)],
};

const LAKESIDE: Site = {
  code: 'KRS-01',
  name: 'Krishnaraja Sagara Lakeside Car Park',
  address: 'Dam road, gardens entrance',
  city: 'Srirangapatna',
  postalCode: '571607',
  at: [12.4239, 76.5748],
  parkingType: 'PARKING_LOT',
  facilities: ['NATURE', 'RECREATION_AREA', 'PARKING_LOT'],
  directions: [en('Beside the ticket counter of the gardens.'), kn('ಉದ್ಯಾನದ ಟಿಕೆಟ್ ಕೌಂಟರ್ ಪಕ್ಕದಲ್ಲಿ.')],
  hours: openFrom('06:30', '21:00'),
  chargingWhenClosed: false,
  cabinets: [acStation('A', 22_000, 1), acStation('B', 7_400, 1, { status: 'INOPERATIVE' })],
};

export const NAGARA_PLUG: DemoOperator = {
  slug: 'nagara-plug',
  name: 'Nagara Plug',
  partyId: 'NGP',
  policy: STREET_POLICY,
  sites: [NAYANDAHALLI, JAYANAGAR, RAMANAGARA, MYSURU_STATION, LAKESIDE],
};
