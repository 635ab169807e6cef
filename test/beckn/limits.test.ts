/** How much is taken of one app, from whom challenges are, and how long people's data stay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encryptChallenge, newKeyPair, privateKey, publicKey, signBody } from '../../src/protocols/beckn/signing/index.ts';
import { forgetPeople } from '../../src/protocols/beckn/store-orders.ts';
import type { Json } from '../support/api.ts';
import { openBedB, type BedB } from '../support/beckn-b-bed.ts';
import { contextA, contextB, newParty, openBecknBed, type BecknBed } from '../support/beckn-bed.ts';
import { voiceOf } from '../support/beckn-voices.ts';
import { openTestEmbedded, testDatabases, type TestDatabase } from '../support/databases.ts';

describe('the door, narrowed', () => {
  const [us, registry, registrySigns] = [newKeyPair('x25519'), newKeyPair('x25519'), newParty('registry.example')];
  let db: TestDatabase;
  let bed: BecknBed;
  beforeAll(async () => {
    db = await openTestEmbedded();
    const echo = { handle: async () => ({ body: { message: {} } }) };
    bed = await openBecknBed(db, { A: { select: echo }, B: { select: echo } }, {
      PLUGTIME_RATE_LIMIT_PER_MINUTE: '4', PLUGTIME_BECKN_ENCRYPTION_KEY: us.privateKey, PLUGTIME_BECKN_REGISTRY_ENCRYPTION_KEY: registry.publicKey,
      PLUGTIME_BECKN_REGISTRY_SIGNING_KEY: registrySigns.publicKey,
    });
  });
  afterAll(async () => {
    await bed.close();
    await db.close();
  });

  it('BKN-67: takes so many requests of a subscriber a minute, refuses more in their form and keeps nothing of them, and takes those of others', async () => {
    const select = (context: typeof contextA, more: object = {}): object => ({ context: context('select', more), message: { order: { 'beckn:state': 'DRAFT' } } });
    for (let n = 0; n < 4; n++) expect((await bed.post('select', select(contextA))).status).toBe(200);
    await bed.app.beckn!.settled();
    const before = await bed.rows();
    for (const [context, type] of [[contextA, 'string'], [contextB, 'number']] as const) {
      const { status, headers, body } = await bed.post('select', select(context));
      expect([status, headers.get('retry-after'), body.message, typeof body.error.code]).toEqual([429, '60', { ack: { status: 'NACK' } }, type]);
    }
    expect(await bed.rows()).toBe(before);
    const other = newParty('other.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(other));
    expect((await bed.post('select', select(contextA, { bap_id: other.subscriberId }), { by: other.identity })).status).toBe(200);
  });

  it('BKN-68: answers a challenge that the registry has signed, and no other, where its key is known', async () => {
    const challenge = encryptChallenge('word', { own: privateKey('x25519', registry.privateKey), other: publicKey('x25519', us.publicKey) });
    const text = JSON.stringify({ subscriber_id: 'bpp.example', challenge });
    const sent = async (headers: Record<string, string>): Promise<[number, Json]> => {
      const answer = await fetch(`${bed.app.url}/beckn/on_subscribe`, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } });
      return [answer.status, await answer.json()];
    };
    const signed = (party: typeof registrySigns, now = Date.now()): Record<string, string> => ({ authorization: signBody(Buffer.from(text), party.identity, { now }) });
    expect(await sent(signed(registrySigns))).toEqual([200, { answer: 'word' }]);
    for (const headers of [{}, signed(bed.bap), signed(registrySigns, Date.now() - 600_000), { authorization: 'Signature x' }]) expect((await sent(headers))[0]).toBe(401);
  });
});

describe.each(testDatabases())('what orders keep of people, $kind', ({ open }) => {
  let bed: BedB;
  beforeAll(async () => (bed = await openBedB({ open })));
  afterAll(() => bed.close());

  it('BKN-69: is forgotten once an order has been over for long, and kept as long as it is not; its app is answered still', async () => {
    for (const generation of ['A', 'B'] as const) {
      const [over, stands] = [voiceOf(bed, generation, await bed.newSlot()), voiceOf(bed, generation, await bed.newSlot())];
      await over.book();
      await over.cancel();
      await stands.book();
      const kept = async ({ talk }: typeof over): Promise<string[]> => {
        const { rows: [row] } = await bed.w.db.database.raw(`SELECT details FROM beckn_orders WHERE transaction_id = '${talk.transactionId}'`);
        return ['billing', 'customer'].filter((name) => name in (row!.details as object));
      };
      await bed.w.app.runtime.events.settled();
      const { rows: [{ at }] } = await bed.w.db.database.raw('SELECT extract(epoch FROM max(updated_at)) * 1000 AS at FROM beckn_orders') as { rows: [{ at: string }] };
      await forgetPeople(bed.w.db.database, Number(at) - 60_000_000);
      expect([await kept(over), await kept(stands)]).toEqual([['billing', 'customer'], ['billing', 'customer']]);
      await forgetPeople(bed.w.db.database, Math.ceil(Number(at)) + 60_000);
      expect([await kept(over), await kept(stands)]).toEqual([[], ['billing', 'customer']]);
      expect((await over.status()).state).toBe('CANCELLED');
    }
  });
});
