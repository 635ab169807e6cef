/** Undercharge and overcharge, as seed 001 tells them: the money and the reservation on both sides. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Json } from '../../support/api.ts';
import { aboutBody, BILLING, confirmBody, initBody, openBedB, updateBody, type BedB, type Conversation, type Wish } from '../../support/beckn-b-bed.ts';
import { expectCall, time } from '../../support/charging-bed.ts';
import type { Charger } from '../../support/charger.ts';
import { trialBalance } from '../../../src/domain/payments/index.ts';
import { INDIA, setProfile } from '../../support/invoice-bed.ts';
import { MINUTE, must } from '../../support/world.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const detailsOf = (answer: Json): Json => orderOf(answer)['beckn:orderAttributes']['payment-details'];
const entry = (answer: Json, method: string): Json => (Array.isArray(detailsOf(answer)) ? detailsOf(answer) : [detailsOf(answer)])
  .find((one: Json) => one['beckn:method'] === method);

describe('under- and overcharge', () => {
  let bed: BedB;
  let charger: Charger;
  beforeAll(async () => {
    bed = await openBedB();
    await setProfile(bed.w, bed.cpo, INDIA);
    charger = await bed.plug();
  });
  afterAll(() => bed.close());

  /** Books for 27.2 kWh, charges so much, and gives the conversation, its last message and the order. */
  const charge = async (energyWh: number, connector: 1 | 2, isCut: boolean): Promise<{ talk: Conversation; id: string; final: Json }> => {
    const wish: Wish = {
      item: bed.connectors[connector - 1]!, slot: await bed.newSlot(), measure: { value: '27.2', unit: 'kWh' },
      more: { 'billing-details': { ...BILLING, 'tax-id': 'GSTIN27AAPFU0939F1ZV' } },
    };
    const talk = bed.converse();
    const init = await talk.ask('init', initBody(wish));
    const id = orderOf(init)['beckn:id'] as string;
    expect(detailsOf(init)['beckn:amount'].value).toBe(549.56); // 27.2 × 18 + 10, and a tenth besides
    await bed.pay(detailsOf(init)['payment-url']);
    await talk.got('on_status');
    await talk.ask('confirm', confirmBody(wish));
    await bed.w.advanceTo(Date.parse(wish.slot!.start) + MINUTE);
    await talk.send('update', updateBody(id, 'start-charging', await bed.otp('session_otp')));
    const { idTag } = await expectCall(charger, 'RemoteStartTransaction', { status: 'Accepted' });
    const started = await charger.call('StartTransaction', { connectorId: connector, idTag, meterStart: 0, timestamp: await time(bed.w) });
    const { transactionId } = started[2] as { transactionId: number };
    await talk.got('on_update');
    if (isCut) {
      charger.close();
      await charger.closed;
      await bed.w.advance(10 * MINUTE);
      expect(orderOf(await talk.got('on_status', 1))['beckn:orderAttributes']['fulfillment-details']['beckn:status']).toBe('CONNECTION-INTERRUPTED');
      charger = await bed.plug();
    } else await bed.w.advance(10 * MINUTE);
    const before = talk.count('on_update');
    await charger.call('StopTransaction', { transactionId, meterStop: energyWh, timestamp: await time(bed.w), reason: isCut ? 'PowerLoss' : 'Local' });
    return { talk, id, final: await talk.got('on_update', before) };
  };

  it('BKB-3, BKB-15, BKB-18, BKN-64, INV-15, checks 36, 46: a power cut mid-session: only what was dispensed is captured, the rest is given back', async () => {
    const { id, final, talk } = await charge(10_000, 1, true);
    expect([orderOf(final)['beckn:state'], orderOf(final)['beckn:totals']['schema:price']]).toEqual(['COMPLETED', 190]);
    expect(entry(final, 'REFUND')['beckn:amount'].value).toBe(359.56);
    await expect.poll(async () => entry(await talk.ask('status', aboutBody(id)), 'REFUND')['beckn:status'], { timeout: 10_000 }).toBe('PAID');
    const app = await bed.bapApi();
    expect(must(await app.get(`/v1/payments?for=${id}`)).data).toMatchObject([{ captured_amount: 19_000, held_amount: 0 }]);
    expect(must(await bed.cpo.api.get(`/v1/reservations/${id}`)).status).toBe('completed');
    const invoice: Json = await vi.waitFor(async () => {
      await bed.w.sweep();
      const [found] = must(await bed.cpo.api.get(`/v1/invoices?about=${id}`)).data;
      expect(found).toBeDefined();
      return found;
    }, { timeout: 10_000 });
    expect(invoice.buyer).toMatchObject({ name: 'Example Pvt Ltd', tax_id: '27AAPFU0939F1ZV' });
    const rated = (value: number, category: string) => talk.ask('rating', aboutBody(id, {}, { ratings: [{ category, value }] }));
    expect((await rated(5, 'Order')).message).toMatchObject({ 'feedback-accepted': true, ratings: [{ category: 'Order', value: 5 }] });
    expect((await rated(4, 'amenities')).message.ratings).toHaveLength(2);
    expect([(await rated(6, 'Order')).error.code, (await rated(5, 'Weather')).error.code]).toEqual([30_015, 50_003]);
    const [rating] = must(await app.get(`/v1/ratings?reservation=${id}`)).data;
    expect(rating.ratings).toMatchObject([{ category: 'overall', stars: 5 }, { category: 'amenities', stars: 4 }]);
    const itemsFor = async (filters?: string): Promise<Json[]> => {
      const { catalogs } = await bed.converse().ask('discover', filters === undefined ? {} : { filters });
      return catalogs.flatMap((catalog: Json): Json[] => catalog['beckn:items']);
    };
    const item = (await itemsFor()).find((one) => one['beckn:id'] === rating.connector);
    expect(item['beckn:rating']).toEqual({ '@type': 'beckn:Rating', 'beckn:ratingValue': 5, 'beckn:ratingCount': 1 });
    const ids = async (filter: string) => (await itemsFor(filter)).map((one): string => one['beckn:id']);
    expect(await ids('$[?(@.rating.ratingValue >= 4.5 && @.rating.ratingCount >= 1)]')).toEqual([rating.connector]);
    expect(await ids('$[?(@.beckn:rating.beckn:ratingValue > 5)]')).toEqual([]);
    expect(await ids('$[?(!@.rating)]')).not.toContain(rating.connector);
  });

  it('BKB-15, check 36: more than was collected is owed, and part of the next order', async () => {
    const { id, final } = await charge(31_000, 2, false); // 31 × 18 + 10 = 568
    expect(orderOf(final)['beckn:totals']['schema:price']).toBe(568);
    expect(entry(final, 'OUTSTANDING')).toMatchObject({ 'beckn:status': 'NOT-PAID', 'beckn:amount': { value: 18.44 } });
    expect(entry(final, 'REFUND')).toBeUndefined();
    expect(must(await bed.cpo.api.get(`/v1/bills?for=${id}`)).data[0]).toMatchObject({ total: 56_800, outstanding: 1_844 });
    const next = await bed.converse().ask('init', initBody({ item: bed.connectors[0]!, slot: await bed.newSlot(), measure: { value: '5', unit: 'kWh' } }));
    expect(orderOf(next)['beckn:totals']['beckn:breakup'].find((line: Json) => line['schema:name'] === 'Owed from before')).toMatchObject({ 'schema:price': 18.44 });
    expect(detailsOf(next)['beckn:amount'].value).toBe(orderOf(next)['beckn:totals']['schema:price']);
    const { unbalanced, wrong } = await trialBalance(bed.w.db.database, bed.w.network.id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
  });
});
