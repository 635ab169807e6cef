/** A world with charging stations that can connect. */
import { expect, vi } from 'vitest';
import type { Json } from './api.ts';
import { plugIn, type Charger, type ChargerOptions } from './charger.ts';
import { must, type Party, type World } from './world.ts';

export interface TestStation {
  id: string;
  evses: string[];
  /** where it connects to */
  path: string;
  password?: string;
  plug(options?: ChargerOptions): Promise<Charger>;
  connection(): Promise<Json>;
  statusOf(evse: string): Promise<string>;
}

/** A station with so many EVSEs, and its credentials. */
export async function addStation(w: World, credentials: object = { security_profile: 0 },
  { evses = 2, by = w.operator }: { evses?: number; by?: Party } = {},
): Promise<TestStation> {
  const place = await w.place({ evses, by });
  const { charging_station: id } = must(await w.anybody.get(`/v1/evses/${place.evse}`));
  const given = must(await by.api.send('PUT', `/v1/charging_stations/${id}/credentials`, { identity: place.ref, ...credentials }));
  return {
    id, evses: place.evses, path: given.path, ...(given.password === null ? {} : { password: given.password }),
    plug: (options) => plugIn(w.app.url, given.path, { password: given.password ?? undefined, ...options }),
    connection: async () => must(await by.api.get(`/v1/charging_stations/${id}/connection`)),
    statusOf: async (evse) => must(await w.anybody.get(`/v1/evses/${evse}`)).status,
  };
}

export const BOOT_16 = { chargePointVendor: 'ABB', chargePointModel: 'Terra 54', firmwareVersion: '1.2.3' };
export const BOOT_2 = { reason: 'PowerUp', chargingStation: { vendorName: 'Alfen', model: 'Eve', firmwareVersion: '7', modem: { iccid: '89' } } };

/** Waits until it is so. */
export const until = (check: () => Promise<void> | void): Promise<void> => vi.waitFor(check, { timeout: 5_000, interval: 20 });

/** What an error frame says. */
export const errorOf = ([type, , code]: unknown[]): unknown => {
  expect(type).toBe(4);
  return code;
};
