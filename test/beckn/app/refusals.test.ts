/** What goes wrong at another provider, and what is nobody's business: seen by the driver's side. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveUp } from '../../../src/domain/external/index.ts';
import { signBody, type SigningIdentity } from '../../../src/protocols/beckn/signing/index.ts';
import type { Json } from '../../support/api.ts';
import { APP_ID, openAppBed, type AppBed } from '../../support/beckn-app-bed.ts';
import { BPP_ID } from '../../support/beckn-bed.ts';
import { must } from '../../support/world.ts';

describe('what goes wrong elsewhere', () => {
  let bed: AppBed;
  let connectors: string[];
  const api = () => bed.here.provider.api;
  const row = async (id: string): Promise<Json> => (await bed.here.db.database.raw(`SELECT * FROM external_reservations WHERE id = '${id}'`)).rows[0];

  beforeAll(async () => {
    bed = await openAppBed();
    const found = must(await api().get(`/v1/search?latitude=12.97&longitude=77.59&radius=5000&external_network=${bed.network}`)).data[0];
    connectors = found.evses.map(({ connectors: [one] }: Json) => one.id);
  });
  afterAll(() => bed.close());

  const wish = async (more: object = {}) => {
    const { start, end } = await bed.there.newSlot();
    return { connector: connectors[0], ideal_start: start, ideal_end: end, driver: bed.driver, ...more };
  };
  const quote = async (more: object = {}): Promise<Json> => bed.post('/v1/external_reservations', await wish(more));
  const hold = async (): Promise<Json> => bed.post(`/v1/external_reservations/${(await quote()).id}/hold`);

  /** A callback of the provider, signed by it unless told otherwise. */
  const tell = async (action: string, transactionId: string, order: object, { by = bed.provider.identity,
    messageId = randomUUID() }: { by?: SigningIdentity; messageId?: string } = {}) => {
    const text = JSON.stringify({
      context: {
        domain: 'deg:ev-charging', action, version: '2.0.0', bap_id: APP_ID, bap_uri: `${bed.here.app.url}/beckn`, bpp_id: by.subscriberId, bpp_uri: 'https://bpp.example',
        transaction_id: transactionId, message_id: messageId, timestamp: new Date().toISOString(), ttl: 'PT30S',
      }, message: { order },
    });
    const answer = await fetch(`${bed.here.app.url}/beckn/${action}`, {
      method: 'POST', body: text, headers: { 'content-type': 'application/json', authorization: signBody(Buffer.from(text), by, { now: Date.now() }) },
    });
    return answer.status;
  };

  it('EXT-4, check 24: what the provider refuses is a problem in our words, and the reservation has failed', async () => {
    const answer = await api().post('/v1/external_reservations', await wish({ ideal_end: undefined, spend: { amount: 100, currency: 'inr' } }));
    expect(answer).toMatchObject({ status: 422, body: { code: 'refused_elsewhere', provider_code: '40000', detail: 'That amount does not pay for charging there.' } });
    expect(must(await api().get(`/v1/external_reservations/${answer.body.external_reservation as string}`))).toMatchObject({ status: 'failed', problem: { operation: 'quote' } });
    const held = await hold();
    const taken = await api().post('/v1/external_reservations', { ...await wish(), ideal_start: '2025-01-01T00:00:00Z', ideal_end: '2025-01-01T01:00:00Z' });
    expect(taken.body).toMatchObject({ code: 'time_in_past' });
    expect(must(await bed.there.cpo.api.get(`/v1/reservations/${held.order as string}`)).status).toBe('pending');
  });

  it('EXT-6, check 27: unpaid, it is not confirmed; cancelled, it is given back on both sides, once', async () => {
    const { id, order } = await hold();
    expect((await api().post(`/v1/external_reservations/${id}/confirm`, {})).body).toMatchObject({ code: 'refused_elsewhere', status: 422 });
    expect(await bed.read(id)).toMatchObject({ status: 'pending', problem: { operation: 'confirm' } });
    const cancelled = await bed.post(`/v1/external_reservations/${id}/cancel`, { reason: 'other plans' });
    expect(cancelled).toMatchObject({ status: 'cancelled', cancellation: { by: 'driver', reason: 'other plans' } });
    expect(must(await bed.there.cpo.api.get(`/v1/reservations/${order as string}`)).status).toBe('cancelled');
    expect((await api().post(`/v1/external_reservations/${id}/cancel`, {})).body).toMatchObject({ code: 'invalid_state', current_status: 'cancelled' });
  });

  it('BKN-71, check 38: what the operator cancels is told without asking, with all of it given back', async () => {
    const { id, order, payment } = await hold();
    await bed.there.pay(payment.url);
    await bed.until(id, (found) => found.payment.paid);
    await bed.post(`/v1/external_reservations/${id}/confirm`);
    must(await bed.there.cpo.api.post(`/v1/reservations/${order as string}/cancel`, { reason: 'works' }));
    const cancelled = await bed.until(id, ({ status }) => status === 'cancelled');
    expect(cancelled.cancellation).toMatchObject({ by: 'provider', refund: payment.amount, fee: 0 });
    expect(must(await api().get('/v1/external_reservations?status=cancelled')).data[0].id).toBe(id);
  });

  it('EXT-5, EXT-7, checks 19, 21: callbacks of others, of nothing, again or late are acknowledged and change nothing', async () => {
    const { id, order } = await hold();
    const { conversation_id: transactionId } = await row(id);
    const before = await bed.read(id);
    const active = { 'beckn:id': order, 'beckn:state': 'ACTIVE', 'beckn:orderAttributes': {} };
    expect(await tell('on_status', randomUUID(), active)).toBe(200);
    expect(await tell('on_status', transactionId, active, { by: bed.app.identity })).toBe(200); // on the network, and not the provider
    expect(await tell('on_status', transactionId, { 'beckn:id': order, 'beckn:state': 'QUOTED', 'beckn:orderAttributes': {} })).toBe(200);
    await bed.here.app.beckn!.settled();
    expect(await bed.read(id)).toEqual(before);
    const messageId = randomUUID();
    for (const _ of [1, 2]) expect(await tell('on_status', transactionId, active, { messageId })).toBe(200);
    await bed.here.app.beckn!.settled();
    expect(await bed.read(id)).toMatchObject({ status: 'active', version: before.version + 1 });
  });

  it('EXT-8: what is not answered is no longer waited for, and the state is asked for where it may have been done', async () => {
    const { id } = await hold();
    await bed.here.db.database.raw(`UPDATE external_reservations SET waiting = '{"operation": "confirm", "ref": "lost", "since": 1}' WHERE id = '${id}'`);
    expect((await api().post(`/v1/external_reservations/${id}/confirm`, {})).body).toMatchObject({ code: 'invalid_state', waiting_for: 'confirm' });
    const ports = bed.here.app.networkPorts;
    await bed.here.asSystem((ctx) => giveUp(ctx, ports, id, 'another'));
    expect((await bed.read(id)).waiting_for).toBe('confirm');
    await bed.here.asSystem((ctx) => giveUp(ctx, ports, id, 'lost'));
    expect(await bed.until(id, ({ waiting_for: waiting }) => waiting === null)).toMatchObject({ status: 'pending', order: expect.stringMatching(/^res_/) });
    expect((await bed.here.eventsOf(id)).map(({ type }) => type)).toContain('external_reservation.refused');
  });

  it('EXT-9: drivers see their own only, and the same key gives the same reservation', async () => {
    const [first, second] = [await bed.here.driver(), await bed.here.driver()];
    const body = await wish({ driver: undefined });
    const headers = { 'idempotency-key': 'mine' };
    const mine = must(await first.api.post('/v1/external_reservations', body, headers));
    expect(mine.driver).toBe(first.id);
    expect(must(await first.api.post('/v1/external_reservations', body, headers)).id).toBe(mine.id);
    expect([(await second.api.get(`/v1/external_reservations/${mine.id}`)).status, (await second.api.post(`/v1/external_reservations/${mine.id}/hold`, {})).status,
      must(await second.api.get('/v1/external_reservations')).data.length, must(await first.api.get('/v1/external_reservations')).data.length]).toEqual([404, 404, 0, 1]);
    expect((await bed.here.otherProvider.api.get(`/v1/external_reservations/${mine.id}`)).status).toBe(404);
  });

  it('BKN-70: what is asked of a provider is asked at its address in the registry, signed by us', async () => {
    const { rows } = await bed.here.db.database.raw("SELECT DISTINCT action, url, receiver_id FROM beckn_sent WHERE action IN ('discover', 'select', 'init') ORDER BY action");
    expect(rows).toEqual(['discover', 'init', 'select'].map((action) => ({ action, url: `${bed.there.w.app.url}/beckn/${action}`, receiver_id: BPP_ID })));
  });
});
