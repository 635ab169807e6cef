/** The stand-ins of a network: who is listed, and what the gateway hands on. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askForListing, startStandIns, type StandIns } from '../../src/protocols/beckn/index.ts';
import { newKeyPair, signBody } from '../../src/protocols/beckn/signing/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { BPP_ID, contextA, openBecknBed, type BecknBed } from '../support/beckn-bed.ts';
import { openTestEmbedded, type TestDatabase } from '../support/databases.ts';

describe('the stand-ins', () => {
  let db: TestDatabase;
  let bed: BecknBed;
  let standIns: StandIns;
  const told: string[] = [];
  const encryption = newKeyPair('x25519');
  beforeAll(async () => {
    db = await openTestEmbedded();
    standIns = await startStandIns({ port: 0, tell: (line) => void told.push(line) });
    const search = { handle: async () => ({ body: { message: { catalog: { providers: [] } } } }) };
    bed = await openBecknBed(db, { A: { search } }, {
      PLUGTIME_BECKN_REGISTRY_FILE: '', PLUGTIME_BECKN_REGISTRY_URL: standIns.url, PLUGTIME_BECKN_ENCRYPTION_KEY: encryption.privateKey,
      PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY: standIns.registryEncryptionKey,
    });
  });
  afterAll(async () => {
    await bed.close();
    await standIns.stop();
    await db.close();
  });

  it('BKN-41: lists a provider that reads the challenge, hands a search on to it over the gateway, and its callback comes', async () => {
    const { bap, bpp, callbacks, app } = bed;
    standIns.list({ subscriberId: bap.subscriberId, keyId: 'k1', type: 'BAP', url: callbacks.url, signingPublicKey: bap.publicKey, status: 'SUBSCRIBED' });
    const config = readConfig({
      PLUGTIME_BECKN_SUBSCRIBER_ID: BPP_ID, PLUGTIME_BECKN_KEY_ID: 'k1', PLUGTIME_BECKN_SIGNING_KEY: bpp.privateKey, PLUGTIME_BECKN_REGISTRY_URL: standIns.url,
      PLUGTIME_BECKN_ENCRYPTION_KEY: encryption.privateKey, PLUGTIME_BECKN_URL: `${app.url}/beckn`,
    });
    expect(await askForListing(config, 'BPP', 'deg:ev-charging')).toBe('UNDER_SUBSCRIPTION');
    await standIns.settled();
    expect(told).toEqual([`${BPP_ID} is subscribed`]);
    const text = JSON.stringify({ context: contextA('search', { bpp_id: undefined, bpp_uri: undefined }), message: { intent: {} } });
    const post = (authorization: string) => fetch(`${standIns.url}/search`, { method: 'POST', body: text, headers: { authorization } });
    expect((await post('nonsense')).status).toBe(401);
    expect((await post(signBody(Buffer.from(text), bap.identity, { now: Date.now() }))).status).toBe(200);
    const { body } = await callbacks.wait('on_search');
    expect(body).toMatchObject({ context: { bpp_id: BPP_ID, bpp_uri: `${app.url}/beckn` }, message: { catalog: { providers: [] } } });
    await standIns.settled();
    expect(told.at(-1)).toBe(`search of ${bap.subscriberId} to ${BPP_ID}: 200`);
  });

  it('BKN-41: the registry answers as DeDi too', async () => {
    const found = await (await fetch(`${standIns.url}/dedi/lookup/${BPP_ID}/subscribers.beckn.one/k1`)).json() as { data: { details: object } };
    expect(found.data.details).toMatchObject({ subscriber_id: BPP_ID, status: 'SUBSCRIBED' });
    expect((await fetch(`${standIns.url}/dedi/lookup/nobody/r/k1`)).status).toBe(404);
  });
});
