/** A world with a price, a driver with a card and money, and a station that says what it is told to. */
import type { Json } from './api.ts';
import { addStation, BOOT_16, BOOT_2, type TestStation } from './charger-bed.ts';
import type { Charger, Frame } from './charger.ts';
import { must, type Party, type World } from './world.ts';

export const ENERGY_ONLY = [{ price_components: [{ type: 'ENERGY', price: '0.50' }] }];
export const WITH_PARKING = [{ price_components: [{ type: 'ENERGY', price: '0.50' }, { type: 'PARKING_TIME', price: '6' }] }];

export interface ChargingDriver {
  id: string;
  /** their card */
  uid: string;
}

let cards = 0;

export async function addTariff(w: World, elements: unknown = ENERGY_ONLY): Promise<void> {
  must(await w.operator.api.post('/v1/tariffs', { ref: 'all', name: 'All', is_default: true, currency: 'EUR', elements }));
}

export async function addDriver(w: World, { creditMinor = 0 }: { creditMinor?: number } = {}): Promise<ChargingDriver> {
  const { id } = must(await w.provider.api.post('/v1/drivers', {}));
  const uid = `CARD${++cards}`;
  must(await w.provider.api.post(`/v1/drivers/${id}/tokens`, { uid }));
  if (creditMinor > 0) must(await w.provider.api.post(`/v1/drivers/${id}/wallets/eur/credits`, { amount: creditMinor }));
  return { id, uid };
}

export interface ChargingBed {
  station: TestStation;
  charger: Charger;
  connectors: string[];
}

/** A station that has booted and whose connectors are available. */
export async function addCharger(w: World, version: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1' = 'ocpp1.6', evses = 2, by?: Party): Promise<ChargingBed> {
  const station = await addStation(w, { security_profile: 0 }, { evses, ...(by ? { by } : {}) });
  const charger = await station.plug({ protocols: [version] });
  await charger.call('BootNotification', version === 'ocpp1.6' ? BOOT_16 : BOOT_2);
  for (let n = 1; n <= evses; n++) await charger.call('StatusNotification', statusOf(version, n, 'Available', await time(w)));
  const connectors: string[] = [];
  for (const evse of station.evses) connectors.push(must(await w.anybody.get(`/v1/evses/${evse}`)).connectors[0].id as string);
  return { station, charger, connectors };
}

export function statusOf(version: string, n: number, status: string, timestamp: string): object {
  return version === 'ocpp1.6' ? { connectorId: n, errorCode: 'NoError', status, timestamp }
    : { evseId: n, connectorId: 1, connectorStatus: status, timestamp };
}

/** The network's time, so many seconds on. */
export async function time(w: World, seconds = 0): Promise<string> {
  return new Date((await w.now()) + seconds * 1000).toISOString();
}

/** What a result says. */
export function result(frame: Frame): Json {
  if (frame[0] !== 3) throw new Error(`an error: ${JSON.stringify(frame)}`);
  return frame[2] as Json;
}

/** Meter values of 1.6. */
export function sample(transactionId: number, connectorId: number, timestamp: string, values: Record<string, string | number>): object {
  const units: Record<string, string> = { 'Energy.Active.Import.Register': 'Wh', 'Power.Active.Import': 'W', SoC: 'Percent', 'Current.Import': 'A', Voltage: 'V' };
  const sampledValue = Object.entries(values).map(([measurand, value]) => ({ measurand, value: String(value), unit: units[measurand] }));
  return { connectorId, transactionId, meterValue: [{ timestamp, sampledValue }] };
}

/** The call that comes next from the network, answered. */
export async function expectCall(charger: Charger, action: string, answer: object): Promise<Json> {
  for (;;) {
    const [, id, called, payload] = await charger.next();
    if (called !== action) {
      charger.answer(id, { status: 'Accepted' });
      continue;
    }
    charger.answer(id, answer);
    return payload as Json;
  }
}

export async function theSession(w: World, query = ''): Promise<Json> {
  return must(await w.provider.api.get(`/v1/sessions?limit=1${query}`)).data[0];
}
