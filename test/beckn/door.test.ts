/** What comes to the door of Beckn: what is taken, what is refused and how, and that nothing of the refused is kept. */
import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseSignatureHeader, publicKey, isSignedBy, signBody } from '../../src/protocols/beckn/signing/index.ts';
import type { HandlerTable } from '../../src/protocols/beckn/index.ts';
import { BAP_ID, BPP_ID, contextA, contextB, contextC, contextD, newParty, openBecknBed, type BecknBed, type Posted } from '../support/beckn-bed.ts';
import { openTestEmbedded, type TestDatabase } from '../support/databases.ts';

const echo = { handle: async () => ({ body: { message: { order: { id: 'o1' } } } }) };
const strict = { ...echo, schema: Type.Object({ message: Type.Object({ order: Type.Object({}) }) }) };
const HANDLERS: HandlerTable = { A: { select: strict, confirm: strict }, B: { select: strict }, C: { select: strict } };
const CONTEXTS = { A: contextA, B: contextB, C: contextC, D: contextD };
type Spoken = 'A' | 'B' | 'C';
const SPOKEN: Spoken[] = ['A', 'B', 'C'];
const select = (generation: Spoken, more: object = {}): { context: Record<string, string>; message: object } => ({
  context: CONTEXTS[generation]('select', more) as Record<string, string>, message: { order: generation === 'B' ? { 'beckn:state': 'DRAFT' } : { provider: { id: 'cpo1' } } },
});

/** The parts of a NACK, whose form must be that of its generation. */
function nackOf(generation: Spoken, { status, body }: Posted): { status: number; code: unknown; message: string } {
  if (generation === 'C') expect(body).toMatchObject({ ack_status: 'NACK', timestamp: expect.any(String), transaction_id: expect.any(String) });
  else expect(body.message).toEqual({ ack: { status: 'NACK' } });
  expect(typeof body.error.code).toBe(generation === 'B' ? 'number' : 'string');
  return { status, code: body.error.code, message: body.error.message };
}

describe('the door', () => {
  let db: TestDatabase;
  let bed: BecknBed;
  let before: number;
  beforeAll(async () => {
    db = await openTestEmbedded();
    bed = await openBecknBed(db, HANDLERS, { PLUGTIME_BECKN_BODY_LIMIT_BYTES: '200000' });
    before = await bed.rows();
  });
  afterEach(async () => {
    await bed.app.beckn!.settled();
    before = await bed.rows();
  });
  afterAll(async () => {
    await bed.close();
    await db.close();
  });

  const expectRefused = async (generation: Spoken, posted: Posted, status: number, words: RegExp): Promise<void> => {
    const nack = nackOf(generation, posted);
    expect(nack.message).toMatch(words);
    expect(nack.status).toBe(status);
    expect(await bed.rows()).toBe(before);
  };

  describe.each(SPOKEN)('of generation %s', (generation) => {
    it('BKN-12, checks 1 and 14: acknowledges in its own form, at once', async () => {
      const { status, body } = await bed.post('select', select(generation));
      expect(status).toBe(200);
      if (generation === 'C') expect(body).toEqual({ transaction_id: expect.any(String), timestamp: expect.any(String), ack_status: 'ACK' });
      else expect(body).toEqual({ message: { ack: { status: 'ACK' } } });
    });

    it('BKN-20, check 4: refuses what is unsigned, with a challenge', async () => {
      const posted = await bed.post('select', select(generation), { by: null });
      await expectRefused(generation, posted, 401, /not signed/);
      expect(posted.headers.get('www-authenticate')).toBe(`Signature realm="${BPP_ID}",headers="(created) (expires) digest"`);
    });

    it('BKN-20, checks 2, 5, 6, 8, 9 and 11: refuses what is mis-signed, stale, or of a signer whom nobody knows', async () => {
      const body = JSON.stringify(select(generation));
      const signed = signBody(Buffer.from(body), bed.bap.identity, { now: Date.now() });
      const sent = (authorization: string) => bed.post('select', body, { by: null, headers: { authorization } });
      await expectRefused(generation, await bed.post('select', `${body} `, { by: null, headers: { authorization: signed } }), 401, /not that key's/);
      await expectRefused(generation, await sent(signBody(Buffer.from('{}'), bed.bap.identity, { now: Date.now() })), 401, /not that key's/);
      await expectRefused(generation, await sent(signed.replace('|ed25519', '')), 401, /three parts/);
      await expectRefused(generation, await sent(signed.replaceAll('ed25519', 'rsa')), 401, /ed25519/);
      await expectRefused(generation, await bed.post('select', body, { by: newParty('nobody.example').identity }), 401, /No registry knows/);
      await expectRefused(generation, await bed.post('select', body, { by: newParty(BAP_ID).identity }), 401, /not that key's/);
      await expectRefused(generation, await bed.post('select', body, { now: Date.now() - 301_000 }), 401, /expired/);
      await expectRefused(generation, await bed.post('select', body, { now: Date.now() + 70_000 }), 401, /lies ahead/);
    });

    it('BKN-21: refuses what is sent in another\'s name, and what is for another', async () => {
      await expectRefused(generation, await bed.post('select', select(generation, { bap_id: 'other.example' })), 401, /signed by bap\.example\.test/); // check 10
      await expectRefused(generation, await bed.post('select', select(generation, { bpp_id: 'other.example' })), 400, /for other\.example/);
      await expectRefused(generation, await bed.post('select', select(generation, { bap_id: undefined })), 400, /bap_id is missing/);
    });

    it('BKN-22, check 15: refuses a message that came to the path of another action, and actions that are not there', async () => {
      await expectRefused(generation, await bed.post('confirm', select(generation)), 400, /came to confirm/);
      const init = { ...select(generation), context: { ...select(generation).context, action: 'init' } };
      const posted = await bed.post('init', init);
      await expectRefused(generation, posted, 400, /not supported/);
      expect(posted.body.error.code).toBe(generation === 'B' ? 40001 : '40001');
      await expectRefused(generation, await bed.post('fly', { ...init, context: { ...init.context, action: 'fly' } }), 400, /no action fly/);
    });

    it('BKN-23, check 18: refuses what is over when it comes', async () => {
      await expectRefused(generation, await bed.post('select', select(generation, { timestamp: new Date(Date.now() - 60_000).toISOString(), ttl: 'PT30S' })), 400, /ttl/);
    });

    it('BKN-10, check 17: takes colons and 15S as the seeds have them, and refuses what is no time', async () => {
      for (const more of [{ ttl: '15S' }, { timestamp: '2025:09:24:10:00:00', ttl: '15S' }, { ttl: undefined }, { timestamp: undefined }, { ttl: null }]) {
        expect((await bed.post('select', select(generation, more))).status).toBe(200);
      }
      before = await bed.app.beckn!.settled().then(() => bed.rows());
      await expectRefused(generation, await bed.post('select', select(generation, { ttl: 'soon' })), 400, /duration/);
      await expectRefused(generation, await bed.post('select', select(generation, { timestamp: 'yesterday' })), 400, /no time/);
    });

    it('BKN-24, check 20: refuses a message that comes again, as a replay where its signature does too', async () => {
      const message = select(generation);
      const text = JSON.stringify(message);
      const headers = { authorization: signBody(Buffer.from(text), bed.bap.identity, { now: Date.now() }) };
      expect((await bed.post('select', text, { by: null, headers })).status).toBe(200);
      await bed.callbacks.wait('on_select');
      await bed.app.beckn!.settled();
      before = await bed.rows();
      await expectRefused(generation, await bed.post('select', text, { by: null, headers }), 401, /very message/);
      await expectRefused(generation, await bed.post('select', text, { now: Date.now() - 5_000 }), 400, /message_id/);
      await expectRefused(generation, await bed.post('select', { ...message, message: { order: {}, note: 'another' } }, { now: Date.now() - 5_000 }), 400, /message_id/);
    });

    it('BKN-25: refuses bodies that are too large or too deep, and what is no message', async () => {
      await expectRefused(generation, await bed.post('select', { ...select(generation), padding: 'x'.repeat(5_000_000) }), 413, /larger than 200000/);
      const deep = JSON.stringify(select(generation)).replace(/}$/, `,"deep":${'['.repeat(5_000)}${']'.repeat(5_000)}}`);
      const posted = await bed.post('select', deep);
      expect([posted.status, posted.body.error.message]).toEqual([400, expect.stringMatching(/deeper/)]);
      await expectRefused(generation, await bed.post('select', { ...select(generation), message: { order: [] } }), 400, /must be object/);
      expect(await bed.rows()).toBe(before);
    });
  });

  it.each([
    ['', /not JSON/], ['[]', /JSON object/], ['{"context":1}', /no context/], ['{', /not JSON/], ['{"context":{"version":"1.1.0","action":"select"}}', /transaction_id is missing/],
    ['{"context":{"version":"1.1.0","action":"select","transaction_id":"a","message_id":" "}}', /message_id is missing/],
    ['{"context":{"version":"1.1.0","action":"select","transaction_id":"a\\u0000","message_id":"b"}}', /can not be kept/], ['{"__proto__":{}}', /no name/],
    ['{"context":{"version":"1.1.0","action":7,"transaction_id":"a","message_id":"b"}}', /action/],
  ])('BKN-25: refuses %j', async (text, words) => {
    const posted = await bed.post('select', text);
    expect([posted.status, posted.body.message.ack.status]).toEqual([400, 'NACK']);
    expect(posted.body.error.message).toMatch(words);
    expect(await bed.rows()).toBe(before);
  });

  it.each(['0.9.1', '1.2.0', '2.1.0', '3.0.0', 'two', '', 7])('BKN-11, check 16: refuses version %j, and goes on', async (version) => {
    const posted = await bed.post('select', { ...select('A'), context: contextA('select', { version }) });
    expect(posted.status).toBe(400);
    expect(JSON.stringify(posted.body)).toMatch(/version/);
    expect(await bed.rows()).toBe(before);
    expect((await bed.post('select', select('A'))).status).toBe(200);
  });

  it('BKN-11: knows the LTS by its shape, and refuses it in its form until it is spoken', async () => {
    const context = contextD('select') as Record<string, string>;
    const posted = await bed.post('select', { context, message: { contract: {} } });
    expect(posted.status).toBe(400);
    expect(posted.body).toEqual({ message: { status: 'NACK', messageId: context.messageId, error: { code: 'CTX_VERSION_UNSUPPORTED', message: expect.any(String),
      details: expect.any(Object) } } });
  });

  it('BKN-6, check 7: believes no key that has expired, or whose subscriber left', async () => {
    const [late, gone] = [newParty('late.example'), newParty('gone.example')];
    bed.list(bed.entryOf(bed.bap), bed.entryOf(late, { valid_until: '2020-01-01T00:00:00Z' }), bed.entryOf(gone, { status: 'UNSUBSCRIBED' }));
    for (const party of [late, gone]) await expectRefused('A', await bed.post('select', select('A', { bap_id: party.subscriberId }), { by: party.identity }), 401, /not in force/);
  });

  it('BKN-5: takes a message over a gateway, whose signature must stand too', async () => {
    const gateway = newParty('gateway.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(gateway, { type: 'BG' }));
    const text = JSON.stringify(select('A'));
    const header = signBody(Buffer.from(text), gateway.identity, { now: Date.now() });
    const wrong = signBody(Buffer.from('{}'), gateway.identity, { now: Date.now() });
    await expectRefused('A', await bed.post('select', text, { headers: { 'x-gateway-authorization': wrong } }), 401, /not that key's/);
    expect((await bed.post('select', text, { headers: { 'x-gateway-authorization': header } })).status).toBe(200);
  });

  it('BKN-2, check 13: signs what it answers at once, in version 2, over the request\'s signature', async () => {
    const text = JSON.stringify(select('C'));
    const authorization = signBody(Buffer.from(text), bed.bap.identity, { now: Date.now() });
    const response = await fetch(`${bed.app.url}/beckn/select`, { method: 'POST', body: text, headers: { authorization } });
    const header = parseSignatureHeader(response.headers.get('signature')!);
    expect(isSignedBy(Buffer.from(await response.text()), header, publicKey('ed25519', bed.bpp.publicKey), parseSignatureHeader(authorization).signature)).toBe(true);
    expect((await bed.post('select', select('A'))).headers.get('signature')).toBeNull();
  });

  it('BKN-13: ignores callbacks that nobody asked for (check 21)', async () => {
    const provider = newParty('provider.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(provider, { type: 'BPP' }));
    const callback = { context: contextA('on_select', { bap_id: BPP_ID, bpp_id: provider.subscriberId, transaction_id: randomUUID() }), message: {} };
    expect(await bed.post('on_select', callback, { by: provider.identity })).toMatchObject({ status: 200, body: { message: { ack: { status: 'ACK' } } } });
    expect(await bed.rows()).toBe(before);
    await expectRefused('A', await bed.post('on_select', callback), 401, /signed by/);
  });
});
