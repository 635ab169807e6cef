/** For the tests of the app's side: two whole programs, a provider with a charger and an app whose drivers buy there, that talk over signed HTTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setExternalNetwork } from '../../src/domain/external/index.ts';
import type { Json } from './api.ts';
import { openBedB, type BedB } from './beckn-b-bed.ts';
import { BPP_ID, newParty, type Party as Subscriber } from './beckn-bed.ts';
import { must, openWorld, type World } from './world.ts';

export const APP_ID = 'app.plugtime.test';

export interface AppBed {
  /** the provider's side */
  there: BedB;
  /** the app's side */
  here: World;
  app: Subscriber;
  provider: Subscriber;
  network: string;
  driver: string;
  /** moves both test clocks */
  advance(byMs: number): Promise<void>;
  advanceTo(at: number): Promise<void>;
  post<T = Json>(path: string, body?: object): Promise<T>;
  read(id: string): Promise<Json>;
  /** the reservation, once it is so */
  until(id: string, isSo: (reservation: Json) => boolean): Promise<Json>;
  close(): Promise<void>;
}

/** @param generation that the app speaks with the provider */
export async function openAppBed({ generation = 'B', policy, settings = {} }: { generation?: 'A' | 'B'; policy?: object; settings?: Record<string,
  string> } = {}): Promise<AppBed> {
  const [app, provider] = [newParty(APP_ID), newParty(BPP_ID)];
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-beckn-app-'));
  const file = join(folder, 'registry.json');
  writeFileSync(file, '[]');
  const there = await openBedB({ policy, settings: { PLUGTIME_BECKN_SIGNING_KEY: provider.privateKey, PLUGTIME_BECKN_REGISTRY_FILE: file, ...settings } });
  const here = await openWorld(undefined, {
    PLUGTIME_BECKN_SUBSCRIBER_ID: APP_ID, PLUGTIME_BECKN_KEY_ID: 'k1', PLUGTIME_BECKN_SIGNING_KEY: app.privateKey, PLUGTIME_BECKN_REGISTRY_FILE: file,
  });
  const entryOf = ({ subscriberId, publicKey, identity }: Subscriber, type: string, url: string): object => ({
    subscriber_id: subscriberId, key_id: identity.keyId, signing_public_key: publicKey, type, url: `${url}/beckn`, status: 'SUBSCRIBED',
  });
  writeFileSync(file, JSON.stringify([entryOf(app, 'BAP', here.app.url), entryOf(provider, 'BPP', there.w.app.url)]));
  const network = await here.asSystem((ctx) => setExternalNetwork(ctx, {
    ref: 'open', kind: 'beckn', name: 'The open network', settings: {
      generation, search_url: `${there.w.app.url}/beckn`, provider_id: BPP_ID, domain: 'deg:ev-charging', country: 'IND', city: 'std:080', finder_fee_percent: '2',
    },
  }));
  const { api } = here.provider;
  const { id: driver } = must(await api.post('/v1/drivers', { name: 'Srilekha Rao' }));
  must(await api.put(`/v1/drivers/${driver}/contact`, { phone: '+919887766554', email: 'srilekha@example.com', languages: ['en'] }));
  let isSweeping = false;
  const sweeper = setInterval(() => {
    if (isSweeping) return;
    isSweeping = true;
    void there.w.sweep().catch(() => undefined).finally(() => (isSweeping = false));
  }, 100);
  const read = async (id: string): Promise<Json> => must(await api.get(`/v1/external_reservations/${id}`));
  return {
    there, here, app, provider, network: network.id, driver, read,
    advance: async (byMs) => {
      await there.w.advance(byMs);
      await here.advance(byMs);
    },
    advanceTo: async (at) => {
      await there.w.advanceTo(at);
      await here.advanceTo(at);
    },
    post: async (path, body = {}) => must(await api.post(path, body)),
    until: async (id, isSo) => {
      const limit = Date.now() + 20_000;
      for (;;) {
        const found = await read(id);
        if (isSo(found)) return found;
        if (Date.now() > limit) throw new Error(`it never was so: ${JSON.stringify(found)}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: async () => {
      clearInterval(sweeper);
      await here.close();
      await there.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
