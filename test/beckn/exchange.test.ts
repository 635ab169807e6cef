/** What happens behind an ACK: handlers, callbacks, retries, the synchronous modes, and what an adapter changes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  answerReceived, ask, createExchange, deliver, look, request, sendCallback, type Answer, type BecknMessage, type Exchange,
} from '../../src/protocols/beckn/exchange/index.ts';
import type { HandlerTable } from '../../src/protocols/beckn/index.ts';
import { isSignedBy, parseSignatureHeader, publicKey, signBody } from '../../src/protocols/beckn/signing/index.ts';
import { BusinessError, parseContext } from '../../src/protocols/beckn/wire/index.ts';
import { inContext } from '../../src/domain/organisations/index.ts';
import { DomainError } from '../../src/platform/errors/index.ts';
import { ACK, BAP_ID, BPP_ID, contextA, contextB, contextC, newParty, openBecknBed, openCallbackServer, type BecknBed, type CallbackServer } from '../support/beckn-bed.ts';
import { openTestEmbedded, testDatabases, type TestDatabase } from '../support/databases.ts';

/** What the handlers are to do next, and what they were given. */
let answers: (message: BecknMessage) => Promise<Answer | readonly Answer[] | undefined>;
let handled: BecknMessage[] = [];
const handle = async (_ctx: unknown, message: BecknMessage): Promise<Answer | readonly Answer[] | undefined> => {
  handled.push(message);
  return answers(message);
};
const HANDLERS: HandlerTable = { A: { search: { handle }, select: { handle }, confirm: { handle }, on_status: { handle } }, B: { discover: { handle }, select: { handle } },
  C: { select: { handle } } };
const quote: Answer = { body: { message: { order: { quote: { price: { value: '100', currency: 'INR' } } } } } };
const select = (more: object = {}) => ({ context: contextA('select', more) as Record<string, string>, message: { order: { items: [{ id: 'x' }] } } });

describe.each(testDatabases())('behind an ACK, on $kind', ({ open }) => {
  let db: TestDatabase;
  let bed: BecknBed;
  let exchange: Exchange;
  beforeAll(async () => {
    db = await open();
    bed = await openBecknBed(db, HANDLERS);
    exchange = bed.app.beckn!;
  });
  beforeEach(() => {
    bed.callbacks.got.length = 0;
    bed.callbacks.answer = ACK;
    handled = [];
    answers = () => Promise.resolve(quote);
  });
  afterAll(async () => {
    await bed.close();
    await db.close();
  });

  it('BKN-30, check 19: the handler\'s answer goes to the subscriber\'s URL of the registry, signed, with the ids of the request', async () => {
    const message = select({ bap_uri: 'https://elsewhere.example/trap' });
    await bed.post('select', message);
    const { path, headers, text, body } = await bed.callbacks.wait('on_select');
    expect(path).toBe('/bap/on_select');
    expect(body).toEqual({
      context: {
        ...message.context, action: 'on_select', bpp_id: BPP_ID, bpp_uri: `${bed.app.url}/beckn`, timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), ttl: 'PT30S',
      },
      ...quote.body,
    });
    const header = parseSignatureHeader(headers.authorization);
    expect(header).toMatchObject({ subscriberId: BPP_ID, keyId: 'k1', lines: ['(created)', '(expires)', 'digest'] });
    expect(isSignedBy(Buffer.from(text), header, publicKey('ed25519', bed.bpp.publicKey))).toBe(true);
    expect(handled[0]).toMatchObject({ sender: { subscriberId: BAP_ID, url: bed.callbacks.url }, body: message });
  });

  it('BKN-30: the URL that the message names counts where it lies on the same host', async () => {
    await bed.post('select', select({ bap_uri: `${new URL(bed.callbacks.url).origin}/other/place/` }));
    expect((await bed.callbacks.wait('on_select')).path).toBe('/other/place/on_select');
  });

  it('BKN-31: what the draft has beside the context stays there, and several answers are several callbacks', async () => {
    answers = () => Promise.resolve([{ body: { catalogs: [{ n: 1 }] } }, { body: { catalogs: [{ n: 2 }] } }]);
    await bed.post('discover', { context: contextB('discover'), text_search: 'EV charger' });
    await bed.callbacks.wait('on_discover', 2);
    const got = bed.callbacks.got.map(({ body }) => body);
    expect(got.map(({ catalogs }) => catalogs[0].n as number).sort((a, b) => a - b)).toEqual([1, 2]);
    expect(got[0].context).toMatchObject({ network_id: ['beckn.energy.india'], location: { country: { code: 'IND' } }, version: '2.0.0' });
  });

  it.each([
    ['A', 'a rule of the network', new DomainError('slot_unavailable', 'That slot is not free.'), { code: '40002', message: 'That slot is not free.' }],
    ['B', 'a rule of the network', new DomainError('cancel_cut_off_passed', 'Too late.'), { code: 50001, message: 'Too late.' }],
    ['C', 'a code of Beckn\'s own', new BusinessError('provider_not_found', 'Who?', '/message/order'), { code: '30001', message: 'Who?', details: { path: '/message/order' } }],
  ] as const)('BKN-32: generation %s is told of %s in the callback', async (generation, _what, error, told) => {
    answers = () => Promise.reject(error);
    const context = generation === 'A' ? contextA('select') : generation === 'B' ? contextB('select') : contextC('select');
    expect((await bed.post('select', { context, message: { order: {} } })).status).toBe(200);
    const { body } = await bed.callbacks.wait('on_select');
    expect(body).toEqual({ context: expect.objectContaining({ action: 'on_select' }), ...(generation === 'C' ? { message: {} } : {}), error: told });
  });

  it('BKN-32: what the refused handler had done is undone', async () => {
    const table: HandlerTable = { A: { select: { handle: async (ctx) => {
      await ctx.tx.query({ strings: ['CREATE TABLE beckn_trace (id int)'], values: [] });
      throw new BusinessError('business', 'No.');
    } } } };
    await answerBy(table);
    expect(await existing('beckn_trace')).toBe(false);
    expect((await bed.callbacks.wait('on_select')).body.error.code).toBe('40000');
  });

  const existing = async (name: string): Promise<boolean> => (await db.database.raw(`SELECT to_regclass('${name}')::text AS found`)).rows[0]!.found !== null;
  /** Writes a message down and has it answered by other handlers, as another process would. */
  const answerBy = async (handlers: HandlerTable, now?: () => number): Promise<string> => {
    answers = () => Promise.reject(new Error('not yet'));
    await bed.post('select', select());
    await exchange.settled();
    const { rows } = await db.database.raw(`SELECT id FROM beckn_received WHERE status = 'accepted' ORDER BY id DESC LIMIT 1`);
    const id = rows[0]!.id as string;
    const other = createExchange({ ...exchange, handlers, ...(now ? { now } : {}) });
    await answerReceived(other, id).catch(() => undefined);
    await other.settled();
    return id;
  };

  it('BKN-33: a message whose handler fails is tried again, and its sender is told in the end', async () => {
    const broken: HandlerTable = { A: { select: { handle: () => Promise.reject(new Error('a bug')) } } };
    const id = await answerBy(broken);
    for (let i = 0; i < 4; i++) await answerReceived(createExchange({ ...exchange, handlers: broken, onError: () => undefined }), id).catch(() => undefined);
    const { body } = await bed.callbacks.wait('on_select');
    expect(body.error).toEqual({ code: '40000', message: 'The message could not be dealt with here.' });
  });

  it('BKN-33: a message that was acknowledged outlives its process, and is answered once', async () => {
    let count = 0;
    const counting: HandlerTable = { A: { select: { handle: async () => {
      count += 1;
      return quote;
    } } } };
    const id = await answerBy(counting);
    await Promise.all(Array.from({ length: 5 }, () => answerReceived(createExchange({ ...exchange, handlers: counting }), id)));
    expect(count).toBe(1);
    await exchange.settled();
    expect(bed.callbacks.got).toHaveLength(1);
  });

  it('BKN-33: what a process that is gone has left is found by whichever looks, once it is due', async () => {
    const id = await answerBy({ A: { select: { handle: () => Promise.reject(new Error('killed')) } } });
    const later = (ms: number) => createExchange({ ...exchange, handlers: { A: { select: { handle: () => Promise.resolve(quote) } } }, now: () => Date.now() + ms });
    const statusOf = async () => (await db.database.raw(`SELECT status FROM beckn_received WHERE id = '${id}'`)).rows[0]!.status;
    for (const [ms, status] of [[0, 'accepted'], [11_000, 'answered']] as const) {
      const other = later(ms);
      await look(other);
      await other.settled();
      expect(await statusOf()).toBe(status);
    }
    // a callback whose process was killed while it sent it
    await db.database.raw(`UPDATE beckn_sent SET status = 'pending', claimed_until = now() + interval '30 seconds', next_attempt_at = now() WHERE answers = '${id}'`);
    const before = bed.callbacks.got.length;
    for (const [ms, count] of [[0, 0], [31_000, 1]] as const) {
      const other = later(ms);
      await look(other);
      await other.settled();
      expect(bed.callbacks.got.length - before).toBe(count);
    }
  });

  it('BKN-33: what is acknowledged at the same time is told apart from what comes again', async () => {
    const messages = Array.from({ length: 20 }, () => select());
    const posted = await Promise.all([...messages, ...messages].map((message) => bed.post('select', message)));
    expect(posted.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(20);
    await bed.callbacks.wait('on_select', 20);
    await exchange.settled();
    expect(new Set(bed.callbacks.got.map(({ body }) => body.context.message_id)).size).toBe(20);
    expect(handled).toHaveLength(20);
  });

  it('BKN-23, check 18: what could not be dealt with within its ttl is not dealt with', async () => {
    let count = 0;
    await answerBy({ A: { select: { handle: async () => {
      count += 1;
      return quote;
    } } } }, () => Date.now() + 40_000);
    expect(count).toBe(0);
    expect((await bed.callbacks.wait('on_select')).body.error.message).toMatch(/ttl/);
  });

  it('BKN-34, check 22: a callback that is refused, or reaches nobody, is sent again with a fresh signature; of a NACK there is none', async () => {
    // its clock is ahead, so that what is due for it is not yet due for the program
    const impatient = createExchange({ ...exchange, retryDelaysMs: [0, 0, 0], now: () => Date.now() + 30_000 });
    bed.callbacks.answer = { status: 200, body: { message: { ack: { status: 'NACK' } }, error: { code: '30000', message: 'Not now.' } } };
    await bed.post('select', select());
    await exchange.settled();
    const { rows } = await db.database.raw('SELECT id FROM beckn_sent ORDER BY id DESC LIMIT 1');
    const id = rows[0]!.id as string;
    bed.callbacks.answer = undefined;
    await deliver(impatient, id);
    bed.callbacks.answer = { status: 503, body: {} };
    await deliver(impatient, id);
    bed.callbacks.answer = { status: 202, body: { transaction_id: 'x', ack_status: 'ACK' } };
    await deliver(impatient, id);
    await deliver(impatient, id);
    interface Row { status: string; attempts: number; log: { failure: string; detail: string; status: number }[] }
    const [sent] = (await db.database.raw(`SELECT status, attempts, log FROM beckn_sent WHERE id = '${id}'`)).rows as unknown as [Row];
    expect(sent).toMatchObject({ status: 'delivered', attempts: 4 });
    expect(sent.log.map(({ failure, status }) => [failure, status])).toEqual([['nack', 200], ['connect', null], ['nack', 503], [null, 202]]);
    expect(sent.log[0]!.detail).toBe('30000: Not now.');
    const [first, ...again] = bed.callbacks.got.map(({ body }) => body);
    for (const body of again) {
      expect(body).toEqual({ ...first, context: { ...first.context, timestamp: body.context.timestamp } });
      expect(body.context.timestamp > first.context.timestamp).toBe(true);
    }
  });

  it('BKN-34: a request of ours is given up when its ttl is over', async () => {
    bed.callbacks.answer = { status: 500, body: {} };
    let skewMs = 0;
    const later = createExchange({ ...exchange, now: () => Date.now() + skewMs });
    const question = { generation: 'A' as const, action: 'confirm', version: '1.1.0', domain: 'deg:ev-charging', url: bed.callbacks.url, body: { message: {} } };
    const asked = await db.database.transaction((tx) => request(later, tx, question));
    await later.settled();
    for (const waitMs of [1_100, 5_100, 15_100, 60_000, 3_600_000]) {
      skewMs += waitMs;
      await deliver(later, asked.id);
    }
    expect((await db.database.raw(`SELECT status, attempts FROM beckn_sent WHERE id = '${asked.id}'`)).rows).toEqual([{ status: 'failed', attempts: 4 }]);
  });

  it('BKN-34: is given up at the end of the schedule', async () => {
    const impatient = createExchange({ ...exchange, retryDelaysMs: [] });
    bed.callbacks.answer = { status: 500, body: {} };
    const asked = await db.database.transaction((tx) => request(impatient, tx, { generation: 'A', action: 'search', version: '1.1.0', domain: 'deg:ev-charging',
      url: bed.callbacks.url, body: { message: {} } }));
    await impatient.settled();
    expect((await db.database.raw(`SELECT status FROM beckn_sent WHERE id = '${asked.id}'`)).rows).toEqual([{ status: 'failed' }]);
  });

  it('BKN-35: a callback may come later, or unasked for under a message id of its own', async () => {
    answers = () => Promise.resolve(undefined);
    const message = select();
    await bed.post('select', message);
    await exchange.settled();
    expect(bed.callbacks.got).toEqual([]);
    const to = { id: handled[0]!.id, context: parseContext(message), subscriberId: BAP_ID, subscriberUrl: bed.callbacks.url, signature: null };
    await inContext(bed.app.runtime, { networkId: bed.app.network.id, actor: { kind: 'system' } }, async (ctx) => {
      await sendCallback(exchange, ctx, { to, action: 'on_select', answer: quote, isUnsolicited: false });
      await sendCallback(exchange, ctx, { to, action: 'on_status', answer: quote, isUnsolicited: true });
    });
    expect((await bed.callbacks.wait('on_select')).body.context.message_id).toBe(message.context.message_id);
    const { context } = (await bed.callbacks.wait('on_status')).body;
    expect(context.message_id).not.toBe(message.context.message_id);
    expect(context.transaction_id).toBe(message.context.transaction_id);
  });

  it('BKN-36: who prefers to wait gets the answer on its connection, and no callback', async () => {
    const posted = await bed.post('select', select(), { headers: { prefer: 'wait=10' } });
    expect(posted).toMatchObject({ status: 200, body: { context: { action: 'on_select' }, ...quote.body } });
    await exchange.settled();
    expect(bed.callbacks.got).toEqual([]);
    answers = () => Promise.resolve(undefined);
    expect((await bed.post('select', select(), { headers: { prefer: 'wait=1' } })).body).toEqual(ACK.body);
  });

  it('BKN-24: tells messages apart by what they say where one id is used for a whole transaction, as the seeds do', async () => {
    const id = randomUUID();
    const ids = { transaction_id: id, message_id: id };
    expect((await bed.post('select', select(ids))).status).toBe(200);
    expect((await bed.post('confirm', { context: contextA('confirm', ids), message: { order: {} } })).status).toBe(200);
    const again = { ...select(ids), message: { order: { items: [{ id: 'y' }] } } };
    expect((await bed.post('select', again)).status).toBe(200);
    expect((await bed.post('select', again, { now: Date.now() - 3_000 })).status).toBe(400);
    await bed.callbacks.wait('on_select', 2);
  });

  it('BKN-37, check 19: asks as an app, waits for the callback, and lets it be handled once', async () => {
    const provider = newParty('provider.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(provider, { type: 'BPP' }));
    const question = { generation: 'A' as const, action: 'select', version: '1.1.0', domain: 'deg:ev-charging', url: bed.callbacks.url, providerId: provider.subscriberId,
      body: { message: { order: {} } } };
    const asking = ask(exchange, question, { waitMs: 10_000 });
    const { body: { context } } = await bed.callbacks.wait('select');
    expect(context).toMatchObject({ bap_id: BPP_ID, bap_uri: `${bed.app.url}/beckn`, bpp_id: provider.subscriberId, action: 'select' });
    const reply = (action: string, more: object = {}) => ({ context: { ...context, action, timestamp: new Date().toISOString(), ...more }, message: { order: { id: '1' } } });
    const stranger = newParty('stranger.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(provider), bed.entryOf(stranger));
    await bed.post('on_select', reply('on_select', { bpp_id: stranger.subscriberId }), { by: stranger.identity });
    for (let i = 0; i < 2; i++) expect((await bed.post('on_select', reply('on_select'), { by: provider.identity })).status).toBe(200);
    const { callbacks } = await asking;
    expect(callbacks.map((callback) => (callback.context as { bpp_id: string }).bpp_id)).toEqual([provider.subscriberId]);
    const unsolicited = reply('on_status', { message_id: randomUUID() });
    for (let i = 0; i < 2; i++) await bed.post('on_status', unsolicited, { by: provider.identity });
    await exchange.settled();
    expect(handled.map((message) => message.context.action)).toEqual(['on_status']);
  });

  it('BKN-2, check 12: verifies a callback that covers the signature of its request', async () => {
    const provider = newParty('four.example');
    bed.list(bed.entryOf(bed.bap), bed.entryOf(provider));
    const question = { generation: 'C' as const, action: 'select', version: '2.0.0', domain: 'beckn.one:deg:ev-charging', url: bed.callbacks.url,
      providerId: provider.subscriberId, body: { message: { order: {} } } };
    const asking = ask(exchange, question, { waitMs: 10_000 });
    const got = await bed.callbacks.wait('select');
    await exchange.settled();
    const body = JSON.stringify({ context: { ...got.body.context, action: 'on_select' }, message: { order: {} } });
    const signed = (requestSignature: string) => ({ authorization: signBody(Buffer.from(body), provider.identity, { now: Date.now(), requestSignature }) });
    const right = parseSignatureHeader(got.headers.authorization).signature;
    expect((await bed.post('on_select', body, { by: null, headers: signed('AAAA') })).status).toBe(401);
    expect((await bed.post('on_select', body, { by: null, headers: signed(right) })).status).toBe(200);
    expect((await asking).callbacks).toHaveLength(1);
  });
});

describe('behind an adapter', () => {
  const TOKEN = 'a-token-of-the-adapter';
  let adapter: CallbackServer;
  let db: TestDatabase;
  let bed: BecknBed;
  beforeAll(async () => {
    db = await openTestEmbedded();
    adapter = await openCallbackServer();
    bed = await openBecknBed(db, HANDLERS, { PLUGTIME_BECKN_ADAPTER_URL: `${adapter.url}/caller/`, PLUGTIME_BECKN_WEBHOOK_TOKEN: TOKEN });
  });
  afterAll(async () => {
    await bed.close();
    await adapter.close();
    await db.close();
  });

  it.each([['BKN-38: with', '/select'], ['BKN-38: without', '']])('%s the action in the path, takes what it verified, and leaves signing and delivery to it', async (_what,
    path) => {
    answers = () => Promise.resolve(quote);
    adapter.got.length = 0;
    expect((await bed.post('select', select(), { by: null, path: `/beckn/webhook/${TOKEN}${path}` })).status).toBe(200);
    const got = await adapter.wait('on_select');
    expect([got.path, got.headers.authorization]).toEqual(['/bap/caller/on_select', undefined]);
  });

  it('BKN-38: lets nobody else in', async () => {
    for (const path of ['/beckn/select', '/beckn/webhook/another-token-of-some/select']) expect((await bed.post('select', select(), { by: null, path })).status).toBe(404);
  });
});
