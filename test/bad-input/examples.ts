/** A request, or several, that is accepted, for every operation. Together they use every field that is documented. */
import { expect } from 'vitest';
import {
  ADDRESS_ABROAD, LATE, MAXIMAL_EVSE, MAXIMAL_LOCATION, MAXIMAL_OFFER, MAXIMAL_POLICY, MAXIMAL_PROFILE, MAXIMAL_STATION,
  MAXIMAL_SURCHARGE, MAXIMAL_TARIFF, METADATA, NO_LIMITS, PLAIN_OFFER,
} from './example-bodies.ts';
import type { Example, Examples } from './example.ts';
import { CONNECTOR, POLICY } from './objects.ts';
import { chargers } from './charger-examples.ts';
import { feedback } from './feedback-examples.ts';
import { external } from './external-examples.ts';
import { notices } from './notice-examples.ts';
import { programmes } from './programme-examples.ts';
import type { World } from './world.ts';

const { ref: _ref, ...CONNECTOR_CHANGE } = CONNECTOR;
const { ref: _locationRef, charging_stations: _stations, ...LOCATION_CHANGE } = MAXIMAL_LOCATION;
const { uid: _uid, connectors: _connectors, ...EVSE_CHANGE } = MAXIMAL_EVSE;
const page = (cursor: string): Example[] => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

const slots = (world: World, id: string): Example[] => {
  const { start, at } = world.make.slot();
  return [
    { id, query: { start, end: at(300), duration_minutes: '30', connector_type: 'CCS2', vehicle: world.ours.veh, limit: '10' } },
    { id, query: { energy_wh: '10000' } }, { id, query: { amount: '50000', price_per_kwh: '1800.5' } },
  ];
};

const CIRCLE = { latitude: 52.5, longitude: 13.37, radius: 2_000 };
const CORRIDOR = { type: 'corridor', line: { type: 'LineString', coordinates: [[13, 52.5], [14, 52.5]] }, width: 5_000 };
const POLYGON = { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[13, 52], [14, 52], [14, 53], [13, 53], [13, 52]]] } };

/** When a flexible reservation may be: in the hours around a slot. */
const aboutThen = (make: World['make']): Record<string, unknown> => {
  const { start, at } = make.slot();
  return { ideal_start: start, earliest_start: at(-60), latest_end: at(120) };
};
const somewhere = (make: World['make']): Record<string, unknown> => ({ ...aboutThen(make), connector_type: ['CCS2'], min_power: 1_000, duration_minutes: 15 });

const search: Record<string, Examples> = {
  search: async ({ make, ours }) => {
    const { start, at } = make.slot();
    return [{
      query: {
        latitude: '52.5', longitude: '13.37', radius: '5000', connector_type: 'CCS2', power_type: 'DC', min_power: '1000', max_power: '400000',
        available: 'false', start, end: at(120),
        duration_minutes: '30', facility: 'CAFE', operator_id: ours.org, open_at: start, green: 'false', min_rating: '1.5', text: 'hafen', sort: 'distance', limit: '10',
      },
    }, { query: { limit: '1', external_network: ours.xnet } }, { query: { limit: '1', sort: 'name' } }, { query: { currency: 'EUR', max_per_kwh: '0.79', sort: 'price' } },
    { query: { limit: '1', cursor: (await make.call('GET', '/v1/search?limit=1')).next_cursor } }];
  },
  searchArea: async ({ make, ours }) => {
    const { start, at } = make.slot();
    const square = [[13, 52], [14, 52], [14, 53], [13, 53], [13, 52]];
    return [{
      body: {
        area: { type: 'circle', latitude: 52.5, longitude: 13.37, radius: 5000 }, origin: { latitude: 52.5, longitude: 13.4 }, connector_type: ['CCS2'], power_type: ['DC', 'AC'],
        min_power: 1000, max_power: 400_000, capabilities: ['RESERVABLE'], available: false, window: { start, end: at(120), duration_minutes: 30 }, facilities: ['CAFE'],
        any_facility: ['HOTEL'], operator_id: [ours.org], open_at: start, green: false, min_rating: 1, text: 'hafen', sort: 'distance', limit: 10,
      },
    }, { body: { price: { currency: 'eur', max_per_kwh: '0.79' }, sort: 'price' } }, { body: { area: { type: 'polygon', polygon: { type: 'Polygon', coordinates: [square] } } } }, {
      body: { area: { type: 'corridor', line: { type: 'LineString', coordinates: [[13, 52], [14, 53]] }, width: 2000 }, limit: 1 },
    }, { body: { limit: 1, cursor: (await make.call('POST', '/v1/search', { limit: 1 })).next_cursor } }];
  },
  listEvseSlots: (world) => slots(world, world.ours.evse),
  listStationSlots: (world) => slots(world, world.ours.chst),
  listLocationSlots: (world) => slots(world, world.ours.loc),
};

const reservations: Record<string, Examples> = {
  createReservation: async ({ make, ours }) => {
    const [evse, station, location, spend] = [make.slot(), make.slot(), make.slot(), make.slot()];
    return [{
      body: {
        evse: ours.evse, connector: ours.con, connector_type: ['CCS2'], ideal_start: evse.start, ideal_end: evse.end, driver: ours.drv, vehicle: ours.veh, metadata: METADATA,
        payment_method: 'cash', confirm: false, quote: (await make.call('POST', '/v1/quotes', { connector: ours.con, start: evse.start, energy_wh: 1_000 })).id,
      },
    }, { body: { charging_station: ours.chst, ideal_start: station.start, duration_minutes: 30 } }, {
      body: { location_id: ours.loc, ideal_start: location.start, energy_wh: 5000, confirm: true },
    }, { body: { location_id: ours.loc, ideal_start: spend.start, spend: { amount: 10_000, price_per_kwh: '1800.25' } } }, { body: { ...somewhere(make), location: CIRCLE } }, {
      body: { ...somewhere(make), area: { type: 'circle', latitude: 52.5, longitude: 13.37, radius: 2_000 }, driver: ours.drv, vehicle: ours.veh },
    }, { body: { ...somewhere(make), area: CORRIDOR } }, { body: { ...somewhere(make), area: POLYGON } }];
  },
  listReservations: ({ ours }) => [...page(ours.res), {
    query: { 'expand[]': 'evse', status: 'pending', driver: ours.drv, vehicle: ours.veh, charging_station: ours.chst, evse: ours.evse, location_id: ours.loc },
  }],
  getReservation: async ({ ours, make }) => {
    const id = await make.hold(ours, { driver: ours.drv, vehicle: ours.veh });
    return ['location_id', 'charging_station', 'evse', 'driver', 'vehicle'].map((name) => ({ id, query: { 'expand[]': name } }));
  },
  updateReservation: async ({ make, ours }) => [
    { id: await make.hold(ours, { driver: ours.drv }), body: { metadata: METADATA, vehicle: ours.veh, payment_method: 'card' } },
    { id: await make.waiting(), body: { location: CIRCLE, ...aboutThen(make), connector_type: ['CCS2'], min_power: 1_000, duration_minutes: 30 } },
    { id: await make.waiting(), body: { energy_wh: 5_000 } }, { id: await make.waiting(), body: { spend: { amount: 10_000, price_per_kwh: '1800' } } },
    { id: await make.waiting(), body: { area: CORRIDOR } }, { id: await make.waiting(), body: { area: POLYGON } },
    { id: await make.waiting(), body: { area: { type: 'circle', latitude: 52.5, longitude: 13.37, radius: 3_000 }, ideal_end: make.slot().end } },
  ],
  confirmReservation: async ({ make, ours }) => [{ id: await make.hold(ours), body: { payment_method: 'cash' } }, { id: await make.hold(ours) }],
  quoteCancellation: ({ ours }) => [{ id: ours.res }],
  cancelReservation: async ({ make, ours }) => [{ id: await make.hold(ours), body: { reason: 'plans changed' } }, { id: await make.confirmed(ours) }],
  extendReservation: async ({ make, ours }) => {
    const slot = make.slot();
    const id = await make.confirmed(ours, slot);
    return [{ id, body: { end: slot.at(30) } }, { id, body: { by_minutes: 15 } }];
  },
  moveReservation: async ({ make, ours }) => {
    const slot = make.slot();
    const id = await make.hold(ours);
    return [
      { id, body: { evse: ours.evse, start: slot.start, end: slot.end } }, { id, body: { start: make.slot().start, duration_minutes: 30 } },
      { id, body: { start: make.slot().start, energy_wh: 5000 } }, { id, body: { start: make.slot().start, spend: { amount: 10_000, price_per_kwh: '1800' } } },
    ];
  },
  announceLate: async ({ make, ours }) => {
    const slot = make.slot();
    return [{ id: await make.confirmed(ours, slot), body: { expected_arrival: slot.at(LATE) } }];
  },
  leaveEarly: async ({ make }) => [{ id: (await make.used()).res, body: {} }],
};

const EACH = { duration_minutes: 15, metadata: METADATA, payment_method: 'cash', confirm: true };
const series: Record<string, Examples> = {
  createSeries: async ({ make, ours }) => {
    const [first, second, third, fourth] = [make.slot(), make.slot(), make.slot(), make.slot()].map(({ start }) => start.slice(0, 16)) as [string, string, string, string];
    const { evse, con, chst, loc } = await make.site();
    return [{
      body: {
        rrule: 'FREQ=WEEKLY;COUNT=3', start: first, time_zone: 'Etc/UTC', exdates: ['2031-12-24'],
        reservation: { ...EACH, evse, connector: con, connector_type: ['CCS2'], driver: ours.drv, vehicle: ours.veh },
      },
    }, { body: { rrule: 'FREQ=MONTHLY;COUNT=2', start: second, reservation: { charging_station: chst } } }, {
      body: { rrule: 'FREQ=DAILY;COUNT=2', start: third, reservation: { location_id: loc, energy_wh: 5000, confirm: false } },
    }, { body: { rrule: 'FREQ=DAILY;COUNT=1', start: fourth, reservation: { location_id: loc, spend: { amount: 10_000, price_per_kwh: '1800.25' } } } }, {
      body: {
        rrule: 'FREQ=DAILY;COUNT=1', start: first, reservation: {
          location: { latitude: 52.5, longitude: 13.37, radius: 500 }, min_power: 1000, duration_minutes: 15, earliest_start_minutes_before: 60, latest_end_minutes_after: 120,
        },
      },
    }, ...[CORRIDOR, POLYGON, { type: 'circle', latitude: 52.5, longitude: 13.37, radius: 2_000 }].map((area) => (
      { body: { rrule: 'FREQ=DAILY;COUNT=1', start: first, reservation: { area, duration_minutes: 15 } } }
    ))];
  },
  listSeries: ({ ours }) => [...page(ours.ser), { query: { status: 'active', driver: ours.drv } }],
  getSeries: ({ ours }) => [{ id: ours.ser }],
  cancelSeries: async ({ make }) => [{ id: (await make.series(await make.site())).ser, body: {} }],
  skipOccurrence: async ({ make }) => {
    const { ser: id, date } = await make.series(await make.site());
    return [{ id, params: { date }, body: {} }];
  },
  retryOccurrence: async ({ make }) => {
    const site = await make.site();
    const outage = await make.outage(site);
    const { ser: id, date } = await make.series(site);
    await make.call('POST', `/v1/outages/${outage}/end`);
    return [{ id, params: { date }, body: {} }];
  },
};

const waitlist: Record<string, Examples> = {
  joinWaitlist: async ({ make }) => {
    const { evse, chst, loc } = await make.site();
    const { drv, veh } = await make.driver();
    const other = (await make.driver()).drv;
    const about = somewhere(make);
    const alone = { latitude: 48.1, longitude: 11.6 }; // what is free is offered at once, and shall not be the neighbour's
    await make.site({ coordinates: alone });
    return [{ body: { ...about, evse, driver: drv, vehicle: veh, metadata: METADATA, payment_method: 'cash' } }, {
      body: { charging_station: chst, driver: drv, ideal_start: about.ideal_start, ideal_end: about.latest_end },
    }, { body: { location_id: loc, driver: drv, ideal_start: about.ideal_start, energy_wh: 5000, latest_end: about.latest_end } }, {
      body: { location_id: loc, driver: drv, ideal_start: about.ideal_start, latest_end: about.latest_end, spend: { amount: 10_000, price_per_kwh: '1800.25' } },
    }, { body: { ...about, location: { ...alone, radius: 2_000 }, driver: drv } }, {
      body: { ...about, area: { type: 'corridor', line: { type: 'LineString', coordinates: [[11, 48.1], [12, 48.1]] }, width: 5_000 }, driver: other },
    }, {
      body: { ...about, area: { type: 'polygon', polygon: { type: 'Polygon', coordinates: [[[11, 48], [12, 48], [12, 49], [11, 49], [11, 48]]] } }, driver: other },
    }, { body: { ...about, area: { type: 'circle', ...alone, radius: 2_000 }, driver: other } }];
  },
  listWaitlist: ({ ours }) => [...page(ours.wle), { query: { status: 'waiting', driver: ours.drv } }],
  getWaitlistEntry: ({ ours }) => [{ id: ours.wle }],
  claimOffer: async ({ make, ours }) => [{ id: await make.offered(ours), body: { payment_method: 'cash' } }, { id: await make.offered(ours) }],
  skipOffer: async ({ make, ours }) => [{ id: await make.offered(ours), body: {} }],
  leaveWaitlist: async ({ make, ours }) => [{ id: await make.offered(ours), body: {} }],
};

const locations: Record<string, Examples> = {
  listLocations: ({ ours }) => [...page(ours.loc), { query: { operator_id: ours.org } }],
  createLocation: ({ make }) => [{ body: { ...MAXIMAL_LOCATION, ref: make.ref() } }],
  getLocation: ({ ours }) => [{ id: ours.loc }],
  updateLocation: async ({ make }) => [{ id: (await make.site()).loc, body: LOCATION_CHANGE }],
  retireLocation: async ({ make }) => [{ id: (await make.site()).loc }],
  createStation: async ({ make }) => [{ id: (await make.site()).loc, body: { ...MAXIMAL_STATION, ref: 'B', evses: [{ ...MAXIMAL_EVSE, uid: 'B1' }] } }],
  getStation: ({ ours }) => [{ id: ours.chst }],
  updateStation: async ({ make }) => [{ id: (await make.site()).chst, body: { name: 'North', vendor: 'ABB', model: 'Terra' } }],
  retireStation: async ({ make }) => [{ id: (await make.site()).chst }],
  createEvse: async ({ make }) => [{ id: (await make.site()).chst, body: { ...MAXIMAL_EVSE, uid: 'A2' } }],
  getEvse: ({ ours }) => [{ id: ours.evse }],
  updateEvse: async ({ make }) => {
    const { evse: id } = await make.site();
    return [{ id, body: EVSE_CHANGE }, { id, body: { status: 'INOPERATIVE' } }];
  },
  retireEvse: async ({ make }) => [{ id: (await make.site()).evse }],
  createConnector: async ({ make }) => [{
    id: (await make.site()).evse, body: { ...CONNECTOR, ref: '2', max_electric_power: 100_000, tariff_ids: ['day'], terms_and_conditions: 'https://example.com/terms' },
  }],
  getConnector: ({ ours }) => [{ id: ours.con }],
  updateConnector: async ({ make }) => [{
    id: (await make.site()).con, body: { ...CONNECTOR_CHANGE, max_electric_power: 90_000, tariff_ids: ['night'], terms_and_conditions: 'https://example.com/terms' },
  }],
  retireConnector: async ({ make }) => [{ id: (await make.site()).con }],
  getOperatorPolicy: ({ ours }) => [{ query: { operator_id: ours.org } }],
  setOperatorPolicy: () => [{ body: MAXIMAL_POLICY }, { body: POLICY }],
  createTariff: ({ make }) => [{ body: { ...MAXIMAL_TARIFF, ref: make.ref() } }, { body: { ...MAXIMAL_TARIFF, service_fee: { percent: '2.5' }, ref: make.ref() } }],
  listTariffs: ({ ours }) => [...page(ours.tar), { query: { operator_id: ours.org } }],
  getTariff: ({ ours }) => [{ id: ours.tar }],
  updateTariff: ({ ours }) => [{ id: ours.tar, body: MAXIMAL_TARIFF }, { id: ours.tar, body: { service_fee: { percent: '1' } } }, { id: ours.tar, body: NO_LIMITS }],
  deleteTariff: async ({ make }) => [{ id: (await make.prices()).tar }],
  createSurcharge: ({ make, ours }) => [
    { body: { ...MAXIMAL_SURCHARGE, locations: [ours.loc], ref: make.ref() } }, { body: { ref: make.ref(), name: 'Rush', currency: 'EUR', percent: '12.5' } },
  ],
  listSurcharges: ({ ours }) => [...page(ours.sur), { query: { operator_id: ours.org } }],
  getSurcharge: ({ ours }) => [{ id: ours.sur }],
  updateSurcharge: ({ ours }) => [{ id: ours.sur, body: { ...MAXIMAL_SURCHARGE, locations: [ours.loc] } }, { id: ours.sur, body: { percent: '5' } }],
  deleteSurcharge: async ({ make }) => [{ id: (await make.prices()).sur }],
  createOffer: ({ make, ours }) => [
    { body: { ...MAXIMAL_OFFER, locations: [ours.loc], connectors: [ours.con], programmes: [ours.prg], ref: make.ref() } },
    { body: { ...PLAIN_OFFER, discount: { amount: '5' }, ref: make.ref() } },
    { body: { ...PLAIN_OFFER, discount: { free_energy_wh: 2_000 }, ref: make.ref() } },
  ],
  listOffers: ({ ours }) => [...page(ours.off), { query: { operator_id: ours.org } }],
  getOffer: ({ ours }) => [{ id: ours.off }],
  updateOffer: ({ ours }) => [
    { id: ours.off, body: { ...MAXIMAL_OFFER, locations: [ours.loc], connectors: [ours.con], programmes: [ours.prg] } }, { id: ours.off, body: { discount: { amount: '1' } } },
    { id: ours.off, body: { discount: { free_energy_wh: 1 } } },
  ],
  deleteOffer: async ({ make }) => [{ id: (await make.prices()).off }],
  createQuote: ({ make, ours }) => [
    { body: { evse: ours.evse, start: make.slot().start, energy_wh: 10_000, driver: ours.drv, vehicle: ours.veh } },
    { body: { connector: ours.con, duration_minutes: 30, buyer_finder_fee: { type: 'PERCENTAGE', value: '2' } } },
    { body: { evse: ours.evse, amount: 2_000 } }, { body: { evse: ours.evse, driver: ours.drv, vehicle: ours.veh, soc_percent: 20, target_soc_percent: 80 } },
  ],
  getQuote: ({ ours }) => [{ id: ours.quo }],
  simulatePolicy: async ({ make, ours }) => {
    const now = Date.parse((await make.call('GET', '/v1/test_clock')).now);
    return [
      { body: { location_id: ours.loc, policy: MAXIMAL_POLICY, start: new Date(now - 86_400_000).toISOString(), end: Math.floor(now / 1000) - 60 } },
      { body: { policy: POLICY } },
    ];
  },
  getLocationPolicy: ({ ours }) => [{ id: ours.loc }],
  setLocationPolicy: async ({ make }) => [{ id: (await make.site()).loc, body: MAXIMAL_POLICY }],
};

const calendar: Record<string, Examples> = {
  readCalendar: ({ make, ours }) => {
    const { start, at } = make.slot();
    return [{ id: ours.evse, query: { start, end: at(600) } }];
  },
  createBlock: ({ make, ours }) => {
    const { start, end } = make.slot();
    return [{ body: { evse: ours.evse, start, end, reason: 'cleaning' } }];
  },
  removeBlock: async ({ make, ours }) => [{ id: await make.block(ours) }],
  startOutage: async ({ make }) => {
    const { start, end } = make.slot();
    return [{ body: { evse: (await make.site()).evse, reason: 'broken', start, expected_end: end } }];
  },
  endOutage: async ({ make }) => [{ id: await make.outage(await make.site()), body: {} }],
  listConflicts: ({ ours }) => [...page(ours.cfl), { query: { status: 'open' } }],
  getConflict: ({ ours }) => [{ id: ours.cfl }],
  resolveConflict: async ({ make }) => [{ id: await make.conflict(), body: { resolution: 'moved by hand' } }],
};

const drivers: Record<string, Examples> = {
  createDriver: ({ make }) => [{ body: { ref: make.ref(), name: 'Asha', metadata: METADATA } }],
  listDrivers: ({ ours }) => [...page(ours.drv), { query: { ref: 'ref-1' } }],
  getDriver: ({ ours }) => [{ id: ours.drv }],
  updateDriver: async ({ make }) => [{ id: (await make.driver()).drv, body: { ref: make.ref(), name: null, metadata: METADATA } }],
  createDriverKey: ({ ours }) => [{ id: ours.drv, body: { name: 'phone' } }],
  createCalendarFeed: async ({ make }) => [{ id: (await make.driver()).drv, body: {} }],
  getCalendarFeed: async ({ make, ours }) => {
    const { secret_url: url } = await make.call('POST', `/v1/drivers/${ours.drv}/calendar_feed`);
    return [{ params: { file: url.split('/').at(-1) } }];
  },
  deleteCalendarFeed: async ({ make }) => {
    const { drv: id } = await make.driver();
    await make.call('POST', `/v1/drivers/${id}/calendar_feed`);
    return [{ id }];
  },
  createVehicle: ({ ours }) => [{
    id: ours.drv, body: {
      make: 'Tata', model: 'Nexon', license_plate: 'KA 01 AB 1234', connector_type: ['CCS2', 'Type 2'], max_ac_power_w: 7200, max_dc_power_w: 50_000, battery_capacity_wh: 40_500,
      power_curve: [{ soc_percent: 0, power_w: 50_000 }, { soc_percent: 100, power_w: 5_000 }],
    },
  }],
  listVehicles: ({ ours }) => [{ id: ours.drv }],
  getVehicle: ({ ours }) => [{ id: ours.veh }],
  removeVehicle: async ({ make }) => [{ id: (await make.driver()).veh }],
  addToken: ({ ours, make }) => [{ id: ours.drv, body: { uid: make.ref(), label: 'Blue card' } }],
  listTokens: ({ ours }) => [{ id: ours.drv }],
  updateToken: async ({ make }) => [{ id: await make.token(), body: { label: 'Lost', blocked: true } }],
  removeToken: async ({ make }) => [{ id: await make.token() }],
};

const credits = async ({ make }: World): Promise<{ id: string; entries: string[] }> => {
  const { drv: id } = await make.driver();
  const path = `/v1/drivers/${id}/wallets/eur`;
  for (const amount of [100, 200, 300]) await make.call('POST', `${path}/credits`, { amount });
  return { id, entries: (await make.call('GET', `${path}/entries`)).data.map((entry: { id: string }) => entry.id) };
};
const params = { currency: 'eur' };
const wallets: Record<string, Examples> = {
  listWallets: ({ ours }) => [{ id: ours.drv }],
  getWallet: ({ ours }) => [{ id: ours.drv, params }],
  listWalletEntries: async (world) => {
    const { id, entries } = await credits(world);
    return page(entries[1]!).map((example) => ({ ...example, id, params }));
  },
  getWalletStatement: async (world) => [{ id: (await credits(world)).id, params, query: { from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' } }],
  getWalletStatementPdf: async (world) => [{ id: (await credits(world)).id, params, query: { from: '2026-01-01T00:00:00Z', to: '2099-01-01T00:00:00Z' } }],
  addTestCredit: ({ ours }) => [{ id: ours.drv, params, body: { amount: 2000, wallet_amount: 2200, metadata: METADATA } }],
};

const invoices: Record<string, Examples> = {
  listInvoices: ({ ours }) => [...page(ours.inv), { query: { driver: ours.drv, about: ours.ses, kind: 'invoice', credits: ours.inv } }],
  getInvoice: ({ ours }) => [{ id: ours.inv }],
  createCreditNote: async ({ make, ours }) => [
    { id: await make.invoice(ours.drv), body: { reason: 'The charger failed', lines: [{ line: 1, amount: 1_000 }, { line: 2, amount: 100 }] } },
    { id: await make.invoice(ours.drv), body: { reason: 'never charged' } },
  ],
  getInvoicePdf: ({ ours }) => [{ id: ours.inv }],
  getInvoiceUbl: async ({ make, ours }) => {
    await make.call('PUT', '/v1/organisation/legal_profile', MAXIMAL_PROFILE);
    return [{ id: await make.invoice(ours.drv) }];
  },
  createInvoiceLink: ({ ours }) => [{ id: ours.inv, body: {} }],
  deleteInvoiceLinks: async ({ make, ours }) => [{ id: await make.invoice(ours.drv) }],
  getLinkedInvoice: async ({ make, ours }) => {
    await make.call('PUT', '/v1/organisation/legal_profile', MAXIMAL_PROFILE);
    const { secret_url: url } = await make.call('POST', `/v1/invoices/${await make.invoice(ours.drv)}/links`);
    const secret = { token: url.split('/').at(-1) };
    return [{ params: secret }, { params: secret, query: { format: 'json' } }, { params: secret, query: { format: 'ubl' } }];
  },
  getLegalProfile: async ({ make }) => {
    await make.call('PUT', '/v1/organisation/legal_profile', MAXIMAL_PROFILE);
    return [{}];
  },
  setLegalProfile: () => [{ body: MAXIMAL_PROFILE }, { body: { ...MAXIMAL_PROFILE, gstins: [], vat_id: 'DE143454214', address: ADDRESS_ABROAD } }],
};

/** A hold, and a bank transfer for it. */
const transferred = async ({ make }: World): Promise<{ res: string; pay: string; drv: string }> => {
  const { drv } = await make.driver();
  const res = await make.hold(await make.site(), { driver: drv });
  return { res, drv, pay: (await make.call('POST', `/v1/reservations/${res}/payments`, { method: 'bank_transfer', amount: 700 })).id };
};
const fromWallet = async ({ make }: World): Promise<string> => {
  const { drv } = await make.driver();
  await make.call('POST', `/v1/drivers/${drv}/wallets/eur/credits`, { amount: 1_000 });
  const res = await make.hold(await make.site(), { driver: drv });
  return (await make.call('POST', `/v1/reservations/${res}/payments`, { method: 'wallet', amount: 500 })).id;
};
const billed = async ({ make }: World): Promise<{ bil: string; res: string }> => {
  const { res, ses } = await make.used();
  return { res, bil: (await make.call('POST', `/v1/sandbox/sessions/${ses}/end`, { energy_wh: 1_000 })).cost.bill };
};
const tracked = async ({ make }: World): Promise<{ token: string }> => {
  const { secret_url: url } = await make.call('POST', `/v1/sessions/${(await make.used()).ses}/tracking`);
  return { token: url.split('/').at(-1) };
};
const dynamicCode = async ({ make }: World): Promise<string> => {
  const { evse } = await make.onlineBy21();
  await make.call('PUT', `/v1/evses/${evse}/dynamic_code`, {});
  await expect.poll(async () => (await make.call('GET', `/v1/evses/${evse}/dynamic_code`)).status, { timeout: 20_000 }).not.toBe('setting'); // its station answers
  return evse;
};
const guest = async ({ make }: World): Promise<{ token: string }> => {
  const { secret_url: url } = await make.call('POST', '/v1/guest_sessions', { connector: (await make.online()).con });
  return { token: url.split('/').at(-1) };
};
const payments: Record<string, Examples> = {
  getPaymentDue: async ({ make }) => [{ id: await make.hold(await make.site()) }],
  payReservation: async ({ make }) => [
    { id: await make.hold(await make.site()), body: { method: 'payment_link', provider: 'sandbox', amount: 700, return_url: 'https://app.example/done', metadata: METADATA } },
    { id: await make.hold(await make.site()), body: { method: 'upi_transfer', upi_address: 'driver@bank', amount: 700 } },
    await (async () => {
      const { drv, pm } = await make.savedMethod();
      return { id: await make.hold(await make.site(), { driver: drv }), body: { method: 'saved_method', payment_method: pm } };
    })(),
    {
      id: await make.hold(await make.site(), { driver: (await make.driver()).drv }), body: { method: 'payment_link', save_payment_method: true },
    },
  ],
  listPayments: async (world) => {
    const { res, pay, drv } = await transferred(world);
    return [...page(pay), { query: { status: 'pending', for: res, driver: drv } }];
  },
  getPayment: async (world) => [{ id: (await transferred(world)).pay }],
  cancelPayment: async (world) => [{ id: (await transferred(world)).pay, body: {} }],
  lookUpPayment: async (world) => [{ id: (await transferred(world)).pay, body: {} }],
  capturePayment: async (world) => [{ id: await fromWallet(world), body: { amount: 300 } }],
  refundPayment: async (world) => {
    const { pay } = await transferred(world);
    await world.make.call('POST', `/v1/payments/${pay}/mark_paid`, {});
    return [{ id: pay, body: { amount: 300, reason: 'goodwill' } }];
  },
  markPaymentPaid: async (world) => [{ id: (await transferred(world)).pay, body: { amount: 650, note: 'statement 4' } }],
  listBills: async (world) => {
    const { bil, res } = await billed(world);
    return [...page(bil), { query: { for: res, driver: world.ours.drv } }];
  },
  getBill: async (world) => [{ id: (await billed(world)).bil }],
  listLedgerAccounts: async (world) => {
    await fromWallet(world);
    return page((await world.make.call('GET', '/v1/ledger/accounts')).data[0].id);
  },
  getLedgerAccount: ({ ours }) => [{ id: ours.acc, query: { at: '2026-11-01T00:00:00Z' } }, { id: ours.acc }],
  listLedgerEntries: async (world) => {
    const { id, entries } = await credits(world);
    const { id: account } = await world.make.call('GET', `/v1/drivers/${id}/wallets/eur`);
    return page(entries[1]!).map((example) => ({ ...example, id: account }));
  },
};

const topUp = async ({ make }: World, drv: string) => (await make.call('POST', '/v1/top_ups', { driver: drv, currency: 'eur', amount: 700, method: 'bank_transfer' })).id;
const topUps: Record<string, Examples> = {
  createTopUp: async ({ make }) => {
    const { drv, pm } = await make.savedMethod();
    const about = { driver: drv, currency: 'eur', amount: 700 };
    return [
      { body: { ...about, wallet_amount: 800, method: 'payment_link', provider: 'sandbox', return_url: 'https://app.example/done', save_payment_method: true,
        metadata: METADATA } },
      { body: { ...about, method: 'upi_transfer', upi_address: 'driver@bank' } }, { body: { ...about, method: 'saved_method', payment_method: pm } },
    ];
  },
  listTopUps: async (world) => {
    const { drv } = await world.make.driver();
    return [...page(await topUp(world, drv)), { query: { driver: drv } }];
  },
  getTopUp: async (world) => [{ id: await topUp(world, (await world.make.driver()).drv) }],
  listOutstanding: async ({ make }) => [{ id: (await make.driver()).drv }],
  payOutstanding: async ({ make }) => {
    const inEuros = { currency: 'eur' };
    const ways = [
      { method: 'payment_link', provider: 'sandbox', amount: 10, return_url: 'https://app.example/done', save_payment_method: true, metadata: METADATA },
      { method: 'upi_transfer', upi_address: 'driver@bank' }, { method: 'bank_transfer' },
    ];
    const { drv, pm } = await make.debtor(true);
    const examples = [{ id: drv, params: inEuros, body: { method: 'saved_method', payment_method: pm } as object }];
    for (const body of ways) examples.push({ id: (await make.debtor(false)).drv, params: inEuros, body });
    return examples;
  },
  takeBankStatement: async (world) => {
    const { reference } = await world.make.call('GET', `/v1/payments/${(await transferred(world)).pay}`);
    const line = { id: world.make.ref(), booked_at: '2026-11-20T08:00:00Z', amount: 700, currency: 'eur', text: `thanks ${reference}` };
    return [{ body: { account: 'second', lines: [line, { ...line, id: world.make.ref() }] } }, { body: { lines: [line] } }];
  },
  listBankStatementLines: async ({ make }) => [...page(await make.line()), { query: { status: 'unmatched' } }],
  assignBankStatementLine: async (world) => [{ id: await world.make.line(), body: { payment: (await transferred(world)).pay, note: 'they wrote it wrongly' } }],
  updateOrganisation: () => [
    { body: { minimum_balance_to_start_session: 2_000 } },
    { body: { support_contact: { phone: '1800 1080', email: 'help@example.org', url: 'https://example.org/help', hours: 'every day' } } },
  ],
  listPaymentMethods: async ({ make }) => [{ id: (await make.savedMethod()).drv }],
  updatePaymentMethod: async ({ make }) => {
    const { drv, pm } = await make.savedMethod();
    return [{ id: drv, params: { method: pm }, body: { is_default: true } }];
  },
  deletePaymentMethod: async ({ make }) => {
    const { drv, pm } = await make.savedMethod();
    return [{ id: drv, params: { method: pm } }];
  },
  setAutoTopUp: async ({ make }) => {
    const { drv, pm } = await make.savedMethod();
    return [{ id: drv, params: { currency: 'eur' }, body: { active: false, payment_method: pm, amount: 5_000, below: 2_000 } }];
  },
  getAutoTopUp: async ({ make }) => {
    const { drv, pm } = await make.savedMethod();
    await make.call('PUT', `/v1/drivers/${drv}/wallets/eur/auto_top_up`, { active: false, payment_method: pm, amount: 5_000, below: 2_000 });
    return [{ id: drv, params: { currency: 'eur' } }];
  },
};

const webhooks: Record<string, Examples> = {
  createWebhookEndpoint: ({ receiverUrl }) => [{ body: { url: receiverUrl, event_types: ['location.retired'], description: 'till' } }],
  listWebhookEndpoints: ({ ours }) => page(ours.we),
  getWebhookEndpoint: ({ ours }) => [{ id: ours.we }],
  updateWebhookEndpoint: async ({ make, receiverUrl }) => [{
    id: (await make.webhook()).we, body: { url: receiverUrl, event_types: ['evse.*'], description: null, status: 'disabled' },
  }],
  deleteWebhookEndpoint: async ({ make }) => [{ id: (await make.webhook()).we }],
  rotateWebhookSecret: ({ ours }) => [{ id: ours.we, body: { overlap_seconds: 60 } }],
  testWebhookEndpoint: ({ ours }) => [{ id: ours.we, body: {} }],
  listWebhookDeliveries: ({ ours }) => [...page(ours.whd), { query: { status: 'pending' } }].map((example) => ({ ...example, id: ours.we })),
  getWebhookDelivery: ({ ours }) => [{ id: ours.whd }],
  replayWebhookDelivery: ({ ours }) => [{ id: ours.whd, body: {} }],
};

const rest: Record<string, Examples> = {
  listSessions: ({ ours }) => [...page(ours.ses), { query: { status: 'started', reservation: ours.res, driver: ours.drv } }],
  getSession: ({ ours }) => [{ id: ours.ses }],
  getConnectorQr: ({ ours }) => [{ id: ours.con }, { id: ours.con, query: { format: 'png' } }],
  getLiveSession: ({ ours }) => [{ id: ours.ses }],
  listChargingPeriods: ({ ours }) => [{ id: ours.ses }],
  listMeterValues: async ({ make, ours }) => {
    const id = await make.charging();
    return [{ id, query: { limit: '1' } }, { id: ours.ses, query: { after: Buffer.from('1/a').toString('base64url') } }];
  },
  listSignedMeterValues: ({ ours }) => [{ id: ours.ses }],
  createSessionTracking: ({ ours }) => [{ id: ours.ses, body: {} }],
  deleteSessionTracking: ({ ours }) => [{ id: ours.ses }],
  getTrackedSession: async (world) => [{ params: await tracked(world) }],
  streamTrackedSession: async (world) => [{ params: await tracked(world) }],
  streamSession: ({ ours }) => [{ id: ours.ses }],
  startSession: async ({ make, ours }) => {
    const targets = { energy_wh: 10_000, cost: 2_000, duration_minutes: 60, soc_percent: 80 };
    const { drv: driver, pm } = await make.savedMethod();
    const at = await make.online();
    return [
      // the first is sent twice: its station is told nothing before somebody pays
      { body: { type: 'payment_link', connector: (await make.online()).con, payment: { method: 'payment_link', amount: 100, return_url: 'https://example.org/' } } },
      { body: { type: 'app', connector: (await make.online()).con, user: ours.drv, driver: ours.drv, targets } },
      { body: { type: 'app', reservation: await make.confirmed(at, await make.soon()) } },
      { body: { type: 'terminal', connector: (await make.online()).con, payment: { method: 'terminal', amount: 100, currency: 'eur', reference: make.ref() } } },
      { body: { type: 'app', ...await make.withOtp(await make.online()) } },
      { body: { type: 'app', connector: (await make.online()).con, driver, payment: { method: 'saved_method', amount: 100, payment_method: pm } } },
    ];
  },
  getWalkInOffer: ({ ours }) => [{ id: ours.con, query: { energy_wh: '10000' } }, { id: ours.con, query: { duration_minutes: '30' } }, { id: ours.con, query: { amount: '1000' } }],
  startGuestSession: async ({ make }) => [
    { body: {
      connector: (await make.online()).con, energy_wh: 5_000, email: 'guest@example.org', phone: '+4915123456789', language: 'de', return_url: 'https://app.example/done',
    } },
    { body: { connector: (await make.online()).con, duration_minutes: 20, totp: 'aaaaaaaa' } }, { body: { connector: (await make.online()).con, amount: 1_000 } },
  ],
  setDynamicCode: async ({ make }) => [{ id: (await make.onlineBy21()).evse, body: { validity_seconds: 30, length: 8, required: true } }],
  getDynamicCode: async (world) => [{ id: await dynamicCode(world) }],
  deleteDynamicCode: async (world) => [{ id: await dynamicCode(world) }],
  getGuestSession: async (world) => [{ params: await guest(world) }],
  stopGuestSession: async (world) => [{ params: await guest(world) }],
  pauseSession: async ({ make }) => [{ id: await make.charging() }],
  pauseSessionByGet: async ({ make }) => [{ id: await make.charging() }],
  resumeSession: async ({ make }) => {
    const id = await make.charging();
    await make.call('POST', `/v1/sessions/${id}/pause`);
    return [{ id }];
  },
  resumeSessionByGet: async ({ make }) => {
    const id = await make.charging();
    await make.call('GET', `/v1/sessions/${id}/pause`);
    return [{ id }];
  },
  stopSession: async ({ make }) => [{ id: await make.charging() }],
  setSessionTargets: async ({ make }) => [{ id: await make.charging(), body: { energy_wh: 90_000, cost: 20_000, duration_minutes: 600, soc_percent: 90 } }],
  startSandboxSession: async ({ make, ours }) => {
    const { evse, con } = await make.site();
    const { start } = await make.call('GET', '/v1/test_clock').then(({ now }) => ({ start: Math.ceil(Date.parse(now) / 900_000 + 0.1) * 900_000 }));
    const time = (at: number) => new Date(at).toISOString();
    return [
      { body: { evse, connector: con, driver: ours.drv } },
      { body: { reservation: await make.confirmed(await make.site(), { start: time(start), end: time(start + 900_000) }) } },
    ];
  },
  endSandboxSession: async ({ make }) => [{ id: (await make.used()).ses, body: { energy_wh: 12_000 } }],
  getTestClock: () => [{}],
  advanceTestClock: async ({ make }) => {
    const { now } = await make.call('GET', '/v1/test_clock');
    return [{ body: { by_seconds: 1 } }, { body: { to: new Date(Date.parse(now) + 60_000).toISOString() } }];
  },
  listEvents: ({ ours }) => [...page(ours.evt), { query: { since: '1', type: 'reservation.*', object_id: ours.res } }],
  getEvent: ({ ours }) => [{ id: ours.evt }],
  streamEvents: () => [{ query: { since: '1', type: 'reservation.created' }, headers: { 'last-event-id': '12' } }],
  getOrganisation: () => [{}],
  createApiKey: () => [{ body: { name: 'till', kind: 'restricted', scopes: ['locations:read'] } }],
  listApiKeys: () => [{}],
  revokeApiKey: async ({ make }) => [{ id: (await make.call('POST', '/v1/api_keys', { name: 'gone', kind: 'secret' })).id, body: {} }],
  listAuditLog: async ({ make, ours }) => [{ query: { limit: '2', object_id: ours.loc } }, { query: { after: (await make.call('GET', '/v1/audit_log')).data[0].id } }],
};

export const EXAMPLES: Record<string, Examples> = {
  ...chargers, ...search, ...reservations, ...series, ...waitlist, ...locations, ...calendar, ...drivers, ...wallets, ...programmes, ...notices, ...feedback,
  ...external,
  ...payments, ...topUps, ...invoices, ...webhooks, ...rest,
};
