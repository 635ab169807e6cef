/** A charging station that answers whatever it is told, so that sessions can begin. */
import { plugIn, type Charger } from '../support/charger.ts';
import type { Json } from '../support/api.ts';

type CallApi = (method: string, path: string, body?: unknown) => Promise<Json>;

/** Connects the station of a site; it accepts everything, and does what a pause wants of it. */
export async function plug(call: CallApi, url: string, chst: string, identity: string, protocol = 'ocpp1.6'): Promise<Charger> {
  const { path } = await call('PUT', `/v1/charging_stations/${chst}/credentials`, { security_profile: 0, identity });
  const charger = await plugIn(url, path, { protocols: [protocol] });
  await charger.call('BootNotification', protocol === 'ocpp1.6' ? { chargePointVendor: 'ABB', chargePointModel: 'Terra 54' }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Alfen', model: 'Eve' } });
  void obey(charger);
  return charger;
}

const STATES: Record<string, string> = { SetChargingProfile: 'SuspendedEVSE', ClearChargingProfile: 'Charging' };

async function obey(charger: Charger): Promise<void> {
  while (charger.isOpen()) {
    const frame = await charger.next().catch(() => undefined);
    if (!frame) continue;
    charger.answer(frame[1], { status: 'Accepted' });
    const status = STATES[frame[2] as string];
    if (status) await charger.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status }).catch(() => undefined);
  }
}

/** It tells of the end of a transaction that nobody knows. */
export async function tellUnknownEnd(call: CallApi, charger: Charger): Promise<string> {
  await charger.call('StopTransaction', { transactionId: 99_999_999, meterStop: 1, timestamp: new Date().toISOString() });
  return (await call('GET', '/v1/quarantined_messages?limit=1')).data[0].id;
}

/** A session that a card has begun there. */
export async function charge(call: CallApi, charger: Charger, idTag: string): Promise<string> {
  await charger.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: new Date().toISOString() });
  return (await call('GET', '/v1/sessions?limit=1')).data[0].id;
}
