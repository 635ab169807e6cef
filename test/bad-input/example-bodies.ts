/** Bodies with every field that is documented. */
import { CONNECTOR, LOCATION } from './objects.ts';

export const METADATA = { booking: 'B-17', 'cost centre': '4711 – München' };

/** minutes after its start that a driver says they will come */
export const LATE = 10;

const IMAGE = {
  url: 'https://example.com/a.jpg', thumbnail: 'https://example.com/a-small.jpg', category: 'CHARGER', type: 'jpeg', width: 800, height: 600,
};
const BUSINESS = { name: 'Hafen', website: 'https://example.com', logo: IMAGE };
const TEXTS = [{ language: 'de', text: 'Hinter der Halle' }];

export const MAXIMAL_EVSE = {
  uid: 'A1', evse_id: 'DE*ABC*E1', status: 'AVAILABLE', capabilities: ['RESERVABLE'], floor_level: '-1', coordinates: LOCATION.coordinates, physical_reference: '7',
  directions: TEXTS, parking_restrictions: ['EV_ONLY'], images: [IMAGE],
  connectors: [{ ...CONNECTOR, max_electric_power: 100_000, tariff_ids: ['day'], terms_and_conditions: 'https://example.com/terms' }],
};
export const MAXIMAL_STATION = { ref: 'A', name: 'North', vendor: 'ABB', model: 'Terra', evses: [MAXIMAL_EVSE] };

const ENERGY_MIX = {
  is_green_energy: true, energy_sources: [{ source: 'WIND', percentage: 80 }], environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 12.5 }], supplier_name: 'Stadtwerke',
  energy_product_name: 'Grün',
};

const PERIODS = [{ period_begin: '2027-05-01T00:00:00+02:00', period_end: 1_809_600_000 }];

export const MAXIMAL_LOCATION = {
  ...LOCATION, ref: 'hafen', publish: true, postal_code: '10963', state: 'Berlin', parking_type: 'PARKING_LOT', directions: TEXTS, operator: BUSINESS, suboperator: BUSINESS,
  owner: BUSINESS, facilities: ['CAFE'],
  opening_times: {
    twentyfourseven: false, regular_hours: [{ weekday: 1, period_begin: '02:30', period_end: '24:00' }], exceptional_openings: PERIODS, exceptional_closings: PERIODS,
  },
  charging_when_closed: false, images: [IMAGE],
  energy_mix: ENERGY_MIX,
  charging_stations: [MAXIMAL_STATION],
};

export const MAXIMAL_POLICY = {
  mode: 'mixed', slot_grid_minutes: 30, min_duration_minutes: 30, max_duration_minutes: 120, min_lead_minutes: 0, max_lead_minutes: 10_000,
  buffer_minutes: 5, early_start_minutes: 10,
  late_stop_minutes: 5, no_show_minutes: 15, grace_minutes: 30, hold_minutes: 10,
  fee: { currency: 'eur', fixed: 100, per_minute: 2, deposit: 500, credited: true }, no_show_fee: 300, payment_timing: 'post_fulfillment',
  compensation: 200,
  refund_tiers: [{ min_minutes_before_start: 60, refund_percent: 100 }], change_until_minutes: 10, cancel_until_minutes: 10, max_active_per_driver: 3,
  no_show_ban: { consecutive: 3, ban_minutes: 1440 }, walk_in_share_percent: 20, walk_in_into_slot: 'limit', backup_evse_uids: ['A1'], on_fault: 'refund',
};

const RESTRICTIONS = {
  start_time: '18:00', end_time: '21:00', start_date: '2027-01-01', end_date: '2027-12-31', min_energy_wh: 1_000, max_energy_wh: 90_000, min_current_a: 6, max_current_a: 500,
  min_power_w: 1_000, max_power_w: 400_000, min_duration_seconds: 60, max_duration_seconds: 86_400, days_of_week: ['MONDAY', 'SUNDAY'],
};
const VALID = { valid_from: '2027-01-01T00:00:00+01:00', valid_until: 1_893_456_000 };
export const NO_LIMITS = {
  min_price: null, max_price: null, valid_from: null, valid_until: null, service_fee: null, tariff_alt_text: null, tariff_alt_url: null, energy_mix: null,
};
/** Not the default: others are quoted by that. */
export const MAXIMAL_TARIFF = {
  name: 'Evening', is_default: false, currency: 'EUR',
  elements: [
    { price_components: [{ type: 'TIME', price: '1.2', tax_percent: '19', step_size: 60 }], restrictions: { ...RESTRICTIONS, reservation: 'RESERVATION' } },
    { price_components: [{ type: 'ENERGY', price: '0.49', step_size: 1 }, { type: 'FLAT', price: '0.5' }] },
  ],
  min_price: { excl_tax: '1', incl_tax: '1.19' }, max_price: { excl_tax: '100', incl_tax: '119' }, ...VALID, service_fee: { amount: '0.35', tax_percent: '19' },
  tariff_alt_text: [{ language: 'de', text: '49 Cent je kWh' }], tariff_alt_url: 'https://example.com/prices', energy_mix: ENERGY_MIX,
};
export const MAXIMAL_SURCHARGE = {
  name: 'Congestion', currency: 'EUR', type: 'ENERGY', price: '0.1', percent: null, tax_percent: '19', restrictions: RESTRICTIONS, ...VALID,
};
export const PLAIN_OFFER = { name: 'Two euros off', currency: 'EUR' };
export const MAXIMAL_OFFER = {
  ...PLAIN_OFFER, discount: { percent: '10', most: '5' }, ...VALID, when: { start_time: '10:00', end_time: '16:00', days_of_week: ['MONDAY'] },
  min_energy_wh: 5_000, min_amount: '10', is_combinable: true,
};

const PROFILE_ADDRESS = { line: '12 Residency Road', city: 'Bengaluru', postal_code: '560025', state: 'KA', country: 'IN' };
export const ADDRESS_ABROAD = { line: 'Hafenplatz 1', city: 'Berlin', country: 'DE' };
export const MAXIMAL_PROFILE = {
  legal_name: 'Hakki Charge Private Limited', address: PROFILE_ADDRESS, gstins: ['29AAGCB7383J1Z4'], registration_number: 'U40100KA2020PTC123456', sac_code: '998714',
  invoice_prefix: 'HC', credit_note_prefix: 'HCC', time_zone: 'Asia/Kolkata', small_print: 'Computer generated.',
};
