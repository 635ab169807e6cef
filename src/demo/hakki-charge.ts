/** Hakki Charge: fast charging at the food courts and fuel plazas of NH-275, from Kengeri to Srirangapatna. */
import { ALWAYS_OPEN } from '../domain/stations/index.ts';
import { acStation, bharatAcStation, bharatDcStation, ccsChademoStation, dcStation } from './chargers.ts';
import { everyYear, openFrom } from './hours.ts';
import { HIGHWAY_POLICY } from './policy.ts';
import { en, greenEnergy, hi, kn, type DemoOperator, type Site } from './site.ts';

const CANOPY_SOLAR = greenEnergy({ SOLAR: 70, WIND: 30 }, 'Canopy and Wind');

const KENGERI: Site = {
  code: 'KGR-01',
  name: 'Kengeri Gate Fast Hub',
  address: 'Mysuru Road, at the NICE Road junction',
  city: 'Bengaluru',
  postalCode: '560060',
  at: [12.9011, 77.4703],
  parkingType: 'PARKING_LOT',
  facilities: ['CAFE', 'FUEL_STATION', 'WIFI'],
  directions: [
    en('Leave the flyover, keep left on the service road; the hub is behind the fuel pumps.'),
    kn('ಇಂಧನ ಬಂಕ್‌ನ ಹಿಂಭಾಗದಲ್ಲಿ ಚಾರ್ಜರ್‌ಗಳಿವೆ.'),
  ],
  // The quickest plugs before the highway are always asked for: whoever has no slot would only wait in the lane.
  policy: { mode: 'booking_only', maxDurationMinutes: 60, bufferMinutes: 5 },
  cabinets: [dcStation('A', 240_000, 1), dcStation('B', 240_000, 1), dcStation('C', 120_000, 2)],
};

const BIDADI: Site = {
  code: 'BID-01',
  name: 'Thatte Stop Highway Plaza',
  address: 'NH-275, Bidadi bypass, towards Mysuru',
  city: 'Bidadi',
  postalCode: '562109',
  at: [12.7962, 77.3851],
  parkingType: 'ALONG_MOTORWAY',
  facilities: ['RESTAURANT', 'CAFE', 'FUEL_STATION', 'WIFI'],
  directions: [en('Service road after the Bidadi exit, left of the tiffin hall.'), hi('बिडदी निकास के बाद सर्विस रोड पर, टिफ़िन हॉल के बाईं ओर।')],
  cabinets: [dcStation('A', 60_000, 2), dcStation('B', 60_000, 2), bharatAcStation('C')],
};

const RAMANAGARA: Site = {
  code: 'RMN-01',
  name: 'Betta View Food Court',
  address: 'NH-275, km 52, towards Mysuru',
  city: 'Ramanagara',
  postalCode: '562159',
  at: [12.7095, 77.2684],
  parkingType: 'ALONG_MOTORWAY',
  facilities: ['RESTAURANT', 'CAFE', 'RECREATION_AREA'],
  directions: [en('In the upper car park with the view of the hills.'), kn('ಬೆಟ್ಟ ಕಾಣುವ ಮೇಲಿನ ಪಾರ್ಕಿಂಗ್‌ನಲ್ಲಿ.')],
  hours: openFrom('06:00', '23:00'),
  cabinets: [dcStation('A', 60_000, 2), acStation('B', 22_000, 2), dcStation('C', 120_000, 1, { status: 'PLANNED' })],
};

/** Where Srilekha has lunch. */
const CHANNAPATNA: Site = {
  code: 'CPT-01',
  name: 'Gombe Plaza Highway Food Court',
  address: 'NH-275, km 64, towards Mysuru',
  city: 'Channapatna',
  postalCode: '562160',
  at: [12.6472, 77.1885],
  parkingType: 'ALONG_MOTORWAY',
  facilities: ['RESTAURANT', 'CAFE', 'FUEL_STATION', 'PARKING_LOT', 'WIFI'],
  directions: [
    en('Take the plaza exit after Channapatna; the chargers are under the solar roof beside the food court.'),
    kn('ಚನ್ನಪಟ್ಟಣದ ನಂತರ ಪ್ಲಾಜಾಕ್ಕೆ ತಿರುಗಿ; ಫುಡ್ ಕೋರ್ಟ್ ಪಕ್ಕದ ಸೌರ ಚಾವಣಿಯ ಕೆಳಗೆ ಚಾರ್ಜರ್‌ಗಳಿವೆ.'),
    hi('चन्नपटना के बाद प्लाज़ा की ओर मुड़ें; चार्जर फ़ूड कोर्ट के पास सोलर छत के नीचे हैं।'),
  ],
  energyMix: CANOPY_SOLAR,
  ownerName: 'Gombe Plaza Hospitality',
  // A fifth of the plugs stays for those who did not plan, and the combi cabinet takes over when another fails.
  policy: { walkInSharePercent: 20, backupEvseUids: ['HAK-CPT-01-C1'] },
  cabinets: [dcStation('A', 120_000, 2), dcStation('B', 60_000, 2), ccsChademoStation('C'), acStation('D', 22_000, 2)],
};

const MADDUR: Site = {
  code: 'MDR-01',
  name: 'Vade Junction Plaza',
  address: 'NH-275, Maddur bypass, towards Bengaluru',
  city: 'Maddur',
  postalCode: '571428',
  at: [12.5858, 77.0462],
  parkingType: 'ALONG_MOTORWAY',
  facilities: ['RESTAURANT', 'CAFE', 'SUPERMARKET', 'WIFI'],
  directions: [en('Through the underpass when you come from Bengaluru; bays beside the snack counter.'), kn('ತಿಂಡಿ ಕೌಂಟರ್ ಪಕ್ಕದಲ್ಲಿ.')],
  energyMix: CANOPY_SOLAR,
  cabinets: [dcStation('A', 60_000, 2), ccsChademoStation('B'), bharatDcStation('C', { bookable: false })],
};

const MANDYA: Site = {
  code: 'MAN-01',
  name: 'Sakkare Nadu Highway Plaza',
  address: 'NH-275, Mandya bypass, west end',
  city: 'Mandya',
  postalCode: '571401',
  at: [12.5121, 76.8697],
  parkingType: 'ALONG_MOTORWAY',
  facilities: ['RESTAURANT', 'FUEL_STATION', 'PARKING_LOT', 'WIFI'],
  directions: [en('Behind the sugar-cane juice stalls, follow the green arrows.'), kn('ಕಬ್ಬಿನ ಹಾಲಿನ ಅಂಗಡಿಗಳ ಹಿಂದೆ, ಹಸಿರು ಬಾಣಗಳನ್ನು ಅನುಸರಿಸಿ.')],
  cabinets: [dcStation('A', 120_000, 2), dcStation('B', 30_000, 1), acStation('C', 22_000, 1, { status: 'OUTOFORDER' })],
};

const SRIRANGAPATNA: Site = {
  code: 'SRP-01',
  name: 'Paschima Food Street',
  address: 'NH-275, before the Kaveri bridge',
  city: 'Srirangapatna',
  postalCode: '571438',
  at: [12.4352, 76.7098],
  parkingType: 'PARKING_LOT',
  facilities: ['RESTAURANT', 'CAFE', 'MUSEUM', 'BUS_STOP'],
  directions: [en('Left before the bridge, past the coach park.'), kn('ಸೇತುವೆಗೆ ಮೊದಲು ಎಡಕ್ಕೆ ತಿರುಗಿ.')],
  // The transformer is serviced once a year, in the night after the harvest festival.
  hours: { ...ALWAYS_OPEN, exceptionalClosings: everyYear('01-16T01:00', 4) },
  chargingWhenClosed: false,
  cabinets: [dcStation('A', 60_000, 2), acStation('B', 22_000, 1), bharatAcStation('C')],
};

export const HAKKI_CHARGE: DemoOperator = {
  slug: 'hakki-charge',
  name: 'Hakki Charge',
  partyId: 'HAK',
  policy: HIGHWAY_POLICY,
  sites: [KENGERI, BIDADI, RAMANAGARA, CHANNAPATNA, MADDUR, MANDYA, SRIRANGAPATNA],
};
