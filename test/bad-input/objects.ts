import { charge, plug, tellUnknownEnd } from './charging.ts';
import type { Json } from '../support/api.ts';
import type { Checker } from './checks.ts';
import { handshake, plugIn } from '../support/charger.ts';
import { pushSubscription } from '../support/push-subscription.ts';
import { send } from './http.ts';

/** The id of one object of each kind, by the prefix of its kind. */
export type Objects = Record<
  | 'loc' | 'chst' | 'evse' | 'con' | 'drv' | 'veh' | 'res' | 'ser' | 'wle' | 'blk' | 'out' | 'cfl' | 'ses' | 'evt' | 'key' | 'org' | 'pol' | 'we' | 'whd'
  | 'tar' | 'sur' | 'off' | 'quo' | 'inv' | 'pay' | 'bil' | 'acc' | 'top' | 'pm' | 'stl' | 'prg' | 'mem' | 'mbr' | 'ntc' | 'cmd' | 'pst' | 'csr' | 'psh' | 'tok' | 'qua'
  | 'rat' | 'tkt' | 'tkm' | 'xnet' | 'xloc' | 'xcon' | 'xres', string
>;

/** A location with one EVSE, and what stands in it. */
export interface Site {
  loc: string;
  chst: string;
  evse: string;
  con: string;
}

export interface Maker {
  /** Calls the API as the organisation; throws unless all is well and as documented. */
  call(method: string, path: string, body?: unknown): Promise<Json>;
  /** Bookings far ahead, long before their start, and as many as are needed. */
  setPolicy(): Promise<void>;
  everything(hasSandbox: boolean): Promise<Objects>;
  site(fields?: object): Promise<Site>;
  driver(): Promise<{ drv: string; veh: string }>;
  /** A quarter of an hour that nobody has at any of the organisation's EVSEs. */
  slot(): { start: string; end: string; at(minutes: number): string };
  hold(site: Site, fields?: object): Promise<string>;
  confirmed(site: Site, slot?: { start: string; end: string }): Promise<string>;
  /** a reservation whose time it is, and the password that its driver was sent */
  withOtp(site: Site): Promise<{ reservation: string; otp: string }>;
  /** a confirmed reservation that is being used, and its session */
  used(): Promise<{ res: string; ses: string }>;
  /** a series of one day, and that day */
  series(site: Site): Promise<{ ser: string; date: string }>;
  /** a flexible reservation that waits for its assignment */
  waiting(): Promise<string>;
  /** a place in the waitlist, of a driver of its own, that is offered something at once */
  offered(site: Site): Promise<string>;
  block(site: Site): Promise<string>;
  outage(site: Site): Promise<string>;
  conflict(): Promise<string>;
  /** an endpoint that is sent nothing but tests, and a delivery to it */
  webhook(): Promise<{ we: string; whd: string }>;
  /** a tariff for connectors that name none, a surcharge and an offer */
  prices(): Promise<{ tar: string; sur: string; off: string }>;
  quote(site: Site): Promise<string>;
  /** what the organisation has sold to a driver */
  invoice(drv: string): Promise<string>;
  /** a loyalty programme with a member, who is nobody yet */
  programme(): Promise<{ prg: string; mem: string; number: string }>;
  /** without members */
  fleet(): Promise<string>;
  /** a driver's membership that waits for a password, and the text with it; of a fresh driver unless told */
  asked(drv?: string): Promise<{ drv: string; mbr: string; ntc: string; otp: string }>;
  /** a driver with a saved payment method, in a sandbox */
  savedMethod(): Promise<{ drv: string; pm: string }>;
  /** a driver who owes something in euros, with a saved payment method where that is told */
  debtor(hasMethod: boolean): Promise<{ drv: string; pm?: string }>;
  /** a line of a bank statement that names nothing */
  line(): Promise<string>;
  /** a command to the station there, which can connect */
  command(site: Site): Promise<string>;
  /** a request for a certificate, of the station there */
  certificateRequest(site: Pick<Site, 'chst'>): Promise<string>;
  /** a station that waits to be accepted */
  pending(): Promise<string>;
  /** a site whose station is connected, and the session that a card has begun there */
  online(): Promise<Site>;
  /** the same, by OCPP 2.1 */
  onlineBy21(): Promise<Site>;
  charging(): Promise<string>;
  quarantined(): Promise<string>;
  /** when the next quarter of an hour begins, and the one after it ends */
  soon(): Promise<{ start: string; end: string }>;
  /** a card of a driver */
  token(): Promise<string>;
  /** what was quoted in another network, and then has gone through these steps */
  external(...steps: ('hold' | 'confirm' | 'start' | 'stop')[]): Promise<string>;
  /** a text that nobody has used */
  ref(): string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export const LOCATION = {
  name: 'Hafenplatz', address: 'Hafenplatz 1', city: 'Berlin', country: 'DEU', coordinates: { latitude: 52.5, longitude: 13.37 }, time_zone: 'Europe/Berlin',
};
export const CONNECTOR = { ref: '1', standard: 'IEC_62196_T2_COMBO', format: 'CABLE', power_type: 'DC', max_voltage: 500, max_amperage: 200 };

/** What our organisations differ in from the built-in policy. */
export const POLICY = {
  slot_grid_minutes: 15, min_duration_minutes: 15, max_duration_minutes: 1440, max_lead_minutes: 525_600, max_active_per_driver: 1000,
  early_start_minutes: 1440, hold_minutes: 1440,
  grace_minutes: 60, fee: { currency: 'eur', fixed: 0, per_minute: 0, deposit: 0, credited: true }, buffer_minutes: 0, late_stop_minutes: 0, walk_in_share_percent: 0,
};

export const TARIFF = {
  name: 'Standard', is_default: true, currency: 'eur', elements: [{ price_components: [{ type: 'ENERGY', price: '0.49', tax_percent: '19', step_size: 1 }] }],
};

let lastRef = 0;

export function createMaker(
  url: string, checker: Checker, key: string, receiverUrl: string, issue: (driverId: string) => Promise<string>, sweep: () => Promise<unknown>,
): Maker {
  let lastSlot = Math.floor(Date.now() / DAY) * DAY + 2 * DAY;
  const call: Maker['call'] = async (method, path, body) => {
    const got = await send(url, { method, path, key, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const [bare] = path.split('?', 1) as [string];
    const operation = checker.operations.find((candidate) => candidate.method === method && pattern(candidate.path).test(bare));
    const wrong = operation ? checker.success(operation.id, got) : `no operation ${method} ${path}`;
    if (wrong !== undefined) throw new Error(wrong);
    return got.body;
  };
  const ref = () => `ref-${++lastRef}`;
  const slot: Maker['slot'] = () => {
    const start = (lastSlot += 60 * MINUTE);
    const at = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();
    return { start: at(0), end: at(15), at };
  };
  const site: Maker['site'] = async (fields = {}) => {
    const stations = [{ ref: 'A', evses: [{ uid: 'A1', connectors: [CONNECTOR] }] }];
    const location = await call('POST', '/v1/locations', { ...LOCATION, ref: ref(), charging_stations: stations, ...fields });
    const [station] = location.charging_stations;
    return { loc: location.id, chst: station.id, evse: station.evses[0].id, con: station.evses[0].connectors[0].id };
  };
  const command: Maker['command'] = async ({ chst }) => {
    await call('PUT', `/v1/charging_stations/${chst}/credentials`, { security_profile: 3, identity: ref() });
    return (await call('POST', `/v1/charging_stations/${chst}/commands`, { type: 'reset' })).id;
  };
  const certificateRequest: Maker['certificateRequest'] = async ({ chst }) => {
    const { path, password } = await call('PUT', `/v1/charging_stations/${chst}/credentials`, { security_profile: 1, identity: ref() });
    const charger = await plugIn(url, path, { password });
    await charger.call('SignCertificate', { csr: '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----' });
    charger.close();
    return (await call('GET', `/v1/charging_stations/${chst}/certificate_requests?limit=1`)).data[0].id;
  };
  const pending: Maker['pending'] = async () => {
    await call('PUT', '/v1/station_onboarding', { unknown_stations: 'pending' });
    await handshake(url, `/ocpp/${(await call('GET', '/v1/organisation')).id}/${ref()}`);
    return (await call('GET', '/v1/pending_stations?limit=1')).data[0].id;
  };
  const driver: Maker['driver'] = async () => {
    const { id } = await call('POST', '/v1/drivers', { ref: ref(), name: 'Asha' });
    return { drv: id, veh: (await call('POST', `/v1/drivers/${id}/vehicles`, { connector_type: ['CCS2'], battery_capacity_wh: 40_000 })).id };
  };
  const elsewhere = async (): Promise<Pick<Objects, 'xnet' | 'xloc' | 'xcon'>> => {
    const xnet = (await call('GET', '/v1/external_networks')).data[0].id as string;
    const found = (await call('GET', `/v1/search?latitude=52.5&longitude=13.37&radius=100000&limit=1&external_network=${xnet}`)).data as Json[];
    const place = found.find(({ network }) => network === xnet);
    return { xnet, xloc: place.location_id, xcon: place.evses[0].connectors[0].id };
  };
  const external: Maker['external'] = async (...steps) => {
    const { id } = await call('POST', '/v1/external_reservations', { connector: (await known()).xcon });
    for (const step of steps) await call('POST', `/v1/external_reservations/${id}/${step}`, step === 'start' ? { otp: '1234' } : undefined);
    return id as string;
  };
  let kept: ReturnType<typeof elsewhere> | undefined;
  const known = () => (kept ??= elsewhere());
  const token: Maker['token'] = async () => (await call('POST', `/v1/drivers/${(await driver()).drv}/tokens`, { uid: ref() })).id;
  const connect = async () => {
    const at = await site();
    return { at, charger: await plug(call, url, at.chst, ref()) };
  };
  const online: Maker['online'] = async () => (await connect()).at;
  const onlineBy21: Maker['onlineBy21'] = async () => {
    const at = await site();
    await plug(call, url, at.chst, ref(), 'ocpp2.1');
    return at;
  };
  const charging: Maker['charging'] = async () => {
    const [{ charger }, { drv }, uid] = [await connect(), await driver(), ref()];
    await call('POST', `/v1/drivers/${drv}/tokens`, { uid });
    return charge(call, charger, uid);
  };
  const quarantined: Maker['quarantined'] = async () => tellUnknownEnd(call, (await connect()).charger);
  const soon: Maker['soon'] = async () => {
    const start = Math.ceil(Date.parse((await call('GET', '/v1/test_clock')).now) / (15 * MINUTE) + 0.1) * 15 * MINUTE;
    return { start: new Date(start).toISOString(), end: new Date(start + 30 * MINUTE).toISOString() };
  };
  const hold: Maker['hold'] = async ({ evse }, fields = {}) => {
    const { start, end } = slot();
    return (await call('POST', '/v1/reservations', { evse, ideal_start: start, ideal_end: end, ...fields })).id;
  };
  const confirmed: Maker['confirmed'] = ({ evse }, { start, end } = slot()) => hold({ evse } as Site, { confirm: true, ideal_start: start, ideal_end: end });
  const withOtp: Maker['withOtp'] = async ({ evse }) => {
    const { drv } = await driver();
    await call('PUT', `/v1/drivers/${drv}/contact`, { email: 'driver@example.org' });
    const { start, end } = await soon();
    const reservation = await hold({ evse } as Site, { driver: drv, confirm: true, ideal_start: start, ideal_end: end });
    await call('POST', `/v1/reservations/${reservation}/otp`, {});
    const [{ text }] = (await call('GET', `/v1/sandbox/notices?driver=${drv}&limit=1`)).data;
    return { reservation, otp: /\d{6}/.exec(text)![0] };
  };
  const waiting: Maker['waiting'] = async () => {
    const { start, end, at } = slot();
    const location = { ...LOCATION.coordinates, radius: 2_000 };
    return (await call('POST', '/v1/reservations', { location, ideal_start: start, ideal_end: end, earliest_start: at(-60), latest_end: at(120) })).id;
  };
  const used = async (fields: object = {}): Promise<{ res: string; ses: string }> => {
    const { start } = await soon();
    const during = { ideal_start: start, ideal_end: new Date(Date.parse(start) + 60 * MINUTE).toISOString() };
    const res = await hold(await site(), { confirm: true, ...during, ...fields });
    return { res, ses: (await call('POST', '/v1/sandbox/sessions', { reservation: res })).id };
  };
  const series: Maker['series'] = async ({ evse }) => {
    const start = slot().start.slice(0, 19);
    const { id } = await call('POST', '/v1/reservation_series', { rrule: 'FREQ=DAILY;COUNT=1', start, time_zone: 'UTC', reservation: { evse, duration_minutes: 15 } });
    return { ser: id, date: start.slice(0, 10) };
  };
  const offered: Maker['offered'] = async ({ evse }) => {
    const { start, end } = slot();
    return (await call('POST', '/v1/waitlist_entries', { evse, driver: (await driver()).drv, ideal_start: start, ideal_end: end })).id;
  };
  const block: Maker['block'] = async ({ evse }) => (await call('POST', '/v1/blocks', { evse, start: slot().start, end: slot().end, reason: 'maintenance' })).id;
  const outage: Maker['outage'] = async ({ evse }) => (await call('POST', '/v1/outages', { evse, reason: 'broken' })).id;
  const conflict: Maker['conflict'] = async () => {
    const place = await site();
    const res = await confirmed(place);
    await outage(place);
    return (await call('GET', '/v1/conflicts?status=open&limit=100')).data.find((found: Json) => found.reservation === res).id;
  };
  const webhook: Maker['webhook'] = async () => {
    const { id } = await call('POST', '/v1/webhook_endpoints', { url: receiverUrl, event_types: ['nothing.at_all'] });
    return { we: id, whd: (await call('POST', `/v1/webhook_endpoints/${id}/test`)).id };
  };
  const prices: Maker['prices'] = async () => ({
    tar: (await call('POST', '/v1/tariffs', { ...TARIFF, ref: ref() })).id,
    sur: (await call('POST', '/v1/surcharges', { ref: ref(), name: 'Evening', currency: 'EUR', percent: '10' })).id,
    off: (await call('POST', '/v1/offers', { ref: ref(), name: 'Hello', currency: 'EUR', discount: { amount: '1' } })).id,
  });
  const quote: Maker['quote'] = async ({ evse }) => (await call('POST', '/v1/quotes', { evse, energy_wh: 10_000 })).id;
  const programme: Maker['programme'] = async () => {
    const { id: prg } = await call('POST', '/v1/programmes', { kind: 'loyalty', ref: ref(), name: 'Gold' });
    const number = ref();
    await call('POST', `/v1/programmes/${prg}/members`, { members: [{ member_number: number }] });
    return { prg, mem: (await call('GET', `/v1/programmes/${prg}/members`)).data[0].id, number };
  };
  const fleet: Maker['fleet'] = async () => (await call('POST', '/v1/programmes', { kind: 'fleet', ref: ref(), name: 'Taxis' })).id;
  const asked: Maker['asked'] = async (drv) => {
    const id = await fleet();
    const phone = `+4915123${String(100_000 + ++lastRef).slice(-6)}`;
    await call('POST', `/v1/programmes/${id}/members`, { members: [{ phone }] });
    const whose = drv ?? (await driver()).drv;
    const { id: mbr } = await call('POST', `/v1/drivers/${whose}/memberships`, { programme: id, phone });
    const [{ id: ntc, text }] = (await call('GET', `/v1/sandbox/notices?driver=${whose}`)).data;
    return { drv: whose, mbr, ntc, otp: text.slice(0, 6) };
  };
  /** in which something is, since a bank transfer has come in */
  const account = async (): Promise<string> => {
    const { id } = await call('POST', `/v1/reservations/${await hold(await site())}/payments`, { method: 'bank_transfer', amount: 100 });
    await call('POST', `/v1/payments/${id}/mark_paid`, {});
    return (await call('GET', '/v1/ledger/accounts')).data[0].id;
  };
  /** of a confirmed reservation that its operator, who is its provider too, has cancelled when something was paid for it */
  const bill = async (): Promise<string> => {
    const res = await hold(await site(), { driver: (await driver()).drv });
    await call('POST', `/v1/reservations/${res}/payments`, { method: 'bank_transfer', amount: 100 });
    await call('POST', `/v1/reservations/${res}/cancel`, {});
    await sweep();
    return (await call('GET', `/v1/bills?for=${res}`)).data[0].id;
  };
  const savedMethod: Maker['savedMethod'] = async () => {
    const { drv } = await driver();
    const topUp = await call('POST', '/v1/top_ups', { driver: drv, currency: 'eur', amount: 500, method: 'payment_link', save_payment_method: true });
    await fetch(topUp.url, { method: 'POST', body: new URLSearchParams({ choice: 'pay' }) });
    for (let tries = 0; tries < 200; tries++) {
      const [found] = (await call('GET', `/v1/drivers/${drv}/payment_methods`)).data;
      if (found) return { drv, pm: found.id };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the payment method was never saved');
  };
  const debtor: Maker['debtor'] = async (hasMethod) => {
    const saved = hasMethod ? await savedMethod() : await driver();
    const { ses } = await used({ driver: saved.drv });
    await call('POST', `/v1/sandbox/sessions/${ses}/end`, { energy_wh: 10_000 });
    return saved;
  };
  const line: Maker['line'] = async () => {
    const lines = [{ id: ref(), booked_at: '2026-11-20T08:00:00Z', amount: 700, currency: 'eur', text: 'thanks' }];
    return (await call('POST', '/v1/bank_statements', { lines })).lines[0].line.id;
  };
  return {
    savedMethod, debtor, line,
    call, ref, slot, site, driver, hold, confirmed, withOtp, waiting, used, series, offered, block, outage, conflict, webhook, prices, quote, programme, fleet, asked,
    invoice: issue,
    setPolicy: async () => {
      await call('PATCH', '/v1/policy', POLICY);
    },
    command, pending, certificateRequest, token, external, online, onlineBy21, charging, quarantined, soon,
    everything: async (hasSandbox) => {
      const [place, buyer] = [await site(), await driver()];
      const none = { mbr: 'mbr_01jq8y3k5wf0xr7q1m3zs5c9tb', ntc: 'ntc_01jq8y3k5wf0xr7q1m3zs5c9tb' };
      const membership = async () => {
        const { prg, mem } = await programme();
        const { mbr, ntc } = hasSandbox ? await asked(buyer.drv) : none;
        return { prg, mem, mbr, ntc };
      };
      const res = await hold(place);
      const session = hasSandbox ? await used() : undefined;
      const rated = async (): Promise<string> => {
        const { ses } = await used();
        await call('POST', `/v1/sandbox/sessions/${ses}/end`);
        return (await call('POST', `/v1/sessions/${ses}/ratings`, { ratings: [{ category: 'overall', stars: 4 }] })).id;
      };
      const ticket = await call('POST', '/v1/support_tickets', { reservation: res, category: 'other', text: 'Where is it?' });
      const { id: pay } = await call('POST', `/v1/reservations/${res}/payments`, { method: 'bank_transfer', amount: 100 });
      return {
        ...place, ...buyer, inv: await issue(buyer.drv), ...await webhook(), ...await prices(), quo: await quote(place), ...await membership(),
        ...(hasSandbox ? { pm: (await savedMethod()).pm } : { pm: 'pm_01jq8y3k5wf0xr7q1m3zs5c9tb' }),
        top: (await call('POST', '/v1/top_ups', { driver: buyer.drv, currency: 'eur', amount: 100, method: 'bank_transfer' })).id,
        psh: (await call('POST', `/v1/drivers/${buyer.drv}/push_subscriptions`, pushSubscription())).id,
        cmd: await command(place), pst: await pending(), csr: await certificateRequest(place), tok: await token(),
        qua: hasSandbox ? await quarantined() : 'qua_01jq8y3k5wf0xr7q1m3zs5c9tb',
        rat: hasSandbox ? await rated() : 'rat_01jq8y3k5wf0xr7q1m3zs5c9tb', tkt: ticket.id, tkm: ticket.newest_message.id,
        stl: await line(), res, pay, bil: await bill(), acc: await account(), ser: (await series(place)).ser, wle: await offered(place), blk: await block(place),
        ...await known(), xres: await external(),
        cfl: await conflict(), out: await outage(await site()),
        ses: session?.ses ?? 'ses_01jq8y3k5wf0xr7q1m3zs5c9tb', evt: (await call('GET', '/v1/events?type=reservation.*')).data[0].id,
        key: (await call('GET', '/v1/api_keys')).data[0].id, org: (await call('GET', '/v1/organisation')).id, pol: (await call('GET', '/v1/policy')).id,
      };
    },
  };
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}
