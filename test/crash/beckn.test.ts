/** A provider that is killed amid conversations of Beckn, and comes back: what it acknowledged is answered once, an order is booked once, and the money is right. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { trialBalance } from '../../src/domain/payments/index.ts';
import { signBody } from '../../src/protocols/beckn/signing/index.ts';
import type { Json } from '../support/api.ts';
import { BAP_ID, BPP_ID, contextA, contextB, newParty, openCallbackServer, type CallbackServer } from '../support/beckn-bed.ts';
import { bodiesOf, seenOf, type Generation, type Seen } from '../support/beckn-voices.ts';
import { crashingServer, type CrashingServer } from '../support/crashing-server.ts';
import { openTestPostgres, type TestDatabase } from '../support/databases.ts';
import { freePort } from '../support/free-port.ts';
import { tariffOf } from '../support/paying.ts';
import { brokenPromises } from '../support/promises-oracle.ts';
import { randomFrom, report, seedOf } from '../support/random.ts';
import { HOUR, iso, makePlace, must, type Place } from '../support/world.ts';

const CLIENTS = 4;
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 6);
const PAUSE_MS = 50;
const PATIENCE_MS = 240_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const GENERATIONS: Generation[] = ['A', 'B'];
const POLICY = {
  payment_timing: 'pre_order', slot_grid_minutes: 15, max_duration_minutes: 240, hold_minutes: 15, max_active_per_driver: 1_000,
  refund_tiers: [{ min_minutes_before_start: 240, refund_percent: 85 }], fee: { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: false },
};

/** What became of a conversation, as its app knows it. */
interface Ended {
  transactionId: string;
  outcome: 'refused' | 'booked' | 'cancelled';
  orderId?: string;
}

describe.skipIf(inject('postgresUrl') === '')('a provider of Beckn that is killed amid conversations (postgres)', () => {
  const random = randomFrom(seedOf('a provider of Beckn that is killed'));
  const bap = newParty(BAP_ID);
  const bpp = newParty(BPP_ID);
  let db: TestDatabase;
  let folder: string;
  let callbacks: CallbackServer;
  let server: CrashingServer;
  let url: string;
  let seller: string;
  let place: Place;
  let lost = 0;
  /** message ids that were acknowledged */
  const acknowledged: string[] = [];
  const ended: Ended[] = [];
  beforeAll(async () => {
    db = await openTestPostgres();
    callbacks = await openCallbackServer();
    folder = mkdtempSync(join(tmpdir(), 'plugtime-beckn-crash-'));
    const entry = (party: typeof bap, type: string): object => ({
      subscriber_id: party.subscriberId, key_id: 'k1', signing_public_key: party.publicKey, type, url: callbacks.url, status: 'SUBSCRIBED',
    });
    writeFileSync(join(folder, 'registry.json'), JSON.stringify([entry(bap, 'BAP'), entry(bpp, 'BPP')]));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = crashingServer({
      DATABASE_URL: db.url!, PORT: String(port), PLUGTIME_DATA: folder, PLUGTIME_OUTBOUND_ALLOW_PRIVATE: 'true', PLUGTIME_BECKN_SUBSCRIBER_ID: BPP_ID, PLUGTIME_BECKN_KEY_ID: 'k1',
      PLUGTIME_BECKN_SIGNING_KEY: bpp.privateKey, PLUGTIME_BECKN_REGISTRY_FILE: join(folder, 'registry.json'),
    });
    const { demo } = await server.start();
    must(await demo.post('/v1/tariffs', tariffOf('18', '10')));
    place = await makePlace({ api: demo }, Date.now(), { policy: POLICY });
    ({ operator_id: seller } = must(await demo.get(`/v1/locations/${place.id}`)));
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await callbacks.close();
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends until somebody says that the message is taken, or was before. */
  const send = async (action: string, message: Json): Promise<void> => {
    const text = JSON.stringify(message);
    for (let n = 0; ; n++, await pause(PAUSE_MS)) {
      try {
        const headers = { 'content-type': 'application/json', authorization: signBody(Buffer.from(text), bap.identity, { now: Date.now() }) };
        const answer = await fetch(`${url}/beckn/${action}`, { method: 'POST', body: text, headers });
        const said = await answer.text();
        if (answer.status === 200 || (n > 0 && /has been taken already/.test(said))) {
          acknowledged.push(message.context.message_id);
          return;
        }
        if (answer.status < 500) throw new Error(`${action}: ${answer.status} ${said}`, { cause: 'refused' });
      } catch (error) {
        if ((error as Error).cause === 'refused') throw error;
        lost += 1;
      }
    }
  };
  const callbackOf = async (what: string, fits: (body: Json) => boolean): Promise<Json> => {
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(PAUSE_MS)) {
      const found = callbacks.got.find(({ body }) => fits(body));
      if (found) return found.body;
    }
    throw new Error(`no ${what} came`);
  };
  const pay = async (page: string): Promise<void> => {
    for (;; await pause(PAUSE_MS)) {
      const answer = await fetch(page, { method: 'POST', body: new URLSearchParams({ choice: 'pay' }), redirect: 'manual' }).catch(() => undefined);
      if (answer !== undefined && answer.status < 400) return;
    }
  };

  /** select, init, payment, confirm, and sometimes cancel: each until it is acknowledged and answered. */
  const converse = async (generation: Generation, hour: number, cancels: boolean): Promise<Ended> => {
    const transactionId = randomUUID();
    const start = Math.ceil(Date.now() / HOUR) * HOUR + (24 + hour) * HOUR;
    const phone = `+9197${String(10_000_000 + random.below(80_000_000))}`;
    const bodies = bodiesOf[generation]({ seller, item: place.connector, slot: { start: iso(start), end: iso(start + HOUR) }, phone });
    const ask = async (action: string, body: object): Promise<Seen> => {
      const context: Json = (generation === 'A' ? contextA : contextB)(action, { transaction_id: transactionId, bap_uri: callbacks.url, ttl: 'PT10M' });
      await send(action, { context, ...body });
      return seenOf[generation](await callbackOf(`on_${action}`, ({ context: of }) => of.action === `on_${action}` && of.message_id === context.message_id));
    };
    await ask('select', bodies.order('select'));
    const init = await ask('init', bodies.order('init'));
    if (init.error || init.start !== start) return { transactionId, outcome: 'refused' };
    await pay(init.payUrl!);
    await callbackOf('on_status', ({ context: of }) => of.action === 'on_status' && of.transaction_id === transactionId);
    const confirmed = await ask('confirm', bodies.order('confirm'));
    if (confirmed.error) throw new Error(`confirm: ${confirmed.error.message}`);
    if (!cancels) return { transactionId, outcome: 'booked', orderId: confirmed.orderId };
    const cancelled = await ask('cancel', bodies.about(confirmed.orderId!));
    if (cancelled.error) throw new Error(`cancel: ${cancelled.error.message}`);
    return { transactionId, outcome: 'cancelled', orderId: confirmed.orderId };
  };

  it('BKN-33, BKN-51: goes on where it was, however often', { timeout: 10 * 60_000 }, async () => {
    let [stopped, hours] = [false, 0];
    const clients = Array.from({ length: CLIENTS }, async (_, i) => {
      while (!stopped) {
        // Two want the same slot, one in each generation.
        const hour = hours++;
        ended.push(...await Promise.all(GENERATIONS.map((generation) => converse(generation, hour, (hour + i) % 3 === 0))));
      }
    });
    for (let round = 0; round < ROUNDS; round++) {
      await pause(500 + random.below(2_500));
      await server.crash();
      await server.start();
    }
    stopped = true;
    await Promise.all(clients);
    const count = (outcome: Ended['outcome']): number => ended.filter((one) => one.outcome === outcome).length;
    const orders = `${count('booked')} orders booked, ${count('cancelled')} cancelled, ${count('refused')} refused`;
    report(`${ROUNDS} crashes: ${acknowledged.length} messages acknowledged, ${lost} calls lost; ${orders}`);
    expect(lost).toBeGreaterThan(0);
    expect(count('booked')).toBeGreaterThan(0);
    expect(count('cancelled')).toBeGreaterThan(0);
  });

  const rows = async (query: string): Promise<Json[]> => (await db.database.raw(query)).rows;

  it('BKN-33: has answered each message that it acknowledged, once', async () => {
    expect(await rows('SELECT id FROM beckn_received WHERE status <> \'answered\'')).toEqual([]);
    expect(await rows('SELECT answers FROM beckn_sent WHERE answers IS NOT NULL GROUP BY answers HAVING count(*) <> 1')).toEqual([]);
    const answered = new Set((await rows(
      'SELECT r.message_id FROM beckn_received r JOIN beckn_sent s ON s.answers = r.id')).map(({ message_id: id }) => id as string));
    expect(acknowledged.filter((id) => !answered.has(id))).toEqual([]);
    // What came twice, since the process was killed before it had written down that it was sent, says the same.
    const said = Map.groupBy(callbacks.got, ({ body }) => `${body.context.action} ${body.context.message_id}`);
    for (const times of said.values()) expect(new Set(times.map(({ body }) => JSON.stringify({ ...body, context: { ...body.context, timestamp: '' } }))).size).toBe(1);
  });

  it('BKN-51: has booked each order once, and no slot twice', async () => {
    const made = new Map((await rows('SELECT id, status FROM reservations')).map(({ id, status }) => [id as string, status as string]));
    for (const { outcome, orderId } of ended) if (orderId !== undefined) expect(made.get(orderId)).toBe(outcome === 'booked' ? 'confirmed' : 'cancelled');
    const booked = [...made.values()].filter((status) => status === 'confirmed').length;
    expect(booked).toBe(ended.filter(({ outcome }) => outcome === 'booked').length);
    expect(await brokenPromises(db.database)).toEqual([]);
  });

  it('BKN-58, BKB-17: has the money of each: what was paid is held or collected once, what was cancelled is given back by its terms', { timeout: 120_000 }, async () => {
    const keptOf = async (orderId: string): Promise<number[]> => (await rows(
      `SELECT CASE WHEN status IN ('pending', 'authorized') THEN authorized ELSE captured - refunded END AS kept FROM payments WHERE object_id = '${orderId}' AND authorized > 0`,
    )).map(({ kept }) => Number(kept));
    for (const { outcome, orderId } of ended) {
      if (orderId !== undefined) await expect.poll(() => keptOf(orderId), { timeout: 30_000 }).toEqual([outcome === 'booked' ? 11_000 : 1_500]);
    }
    const [{ id }] = await rows('SELECT id FROM networks WHERE mode = \'sandbox\'') as [Json];
    const { unbalanced, wrong } = await trialBalance(db.database, id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
  });
});
