/** Ways to pay that the seeds name besides the payment link: a request to a UPI address, at init or at confirm, and a transfer to a bank account. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api, Json } from '../../support/api.ts';
import { confirmBody, initBody, openBedB, type BedB, type Conversation, type Wish } from '../../support/beckn-b-bed.ts';
import { must } from '../../support/world.ts';

const orderOf = (answer: Json): Json => answer.message.order;
const paymentOf = (answer: Json): Json => orderOf(answer)['beckn:orderAttributes']['payment-details'];
const upi = { 'beckn:method': 'UPI-TRANSFER', 'beckn:paymentAttributes': { 'payment-method': 'UPI-TRANSFER', 'source-vpa': 'srilekha@bank' } };
const transfer = { 'beckn:method': 'BANK-TRANSFER', 'beckn:paymentAttributes': { 'payment-method': 'BANK-TRANSFER' } };

describe('ways to pay of the 2.0 draft', () => {
  let bed: BedB;
  let app: Api;
  beforeAll(async () => {
    bed = await openBedB();
    await bed.converse().ask('init', initBody({ item: bed.connectors[1]!, slot: await bed.newSlot() }));
    app = await bed.bapApi();
  });
  afterAll(() => bed.close());

  const newWish = async (payment?: object): Promise<Wish> => ({
    item: bed.connectors[0]!, slot: await bed.newSlot(), measure: { value: '5', unit: 'kWh' }, ...(payment ? { more: { 'payment-details': payment } } : {}),
  });
  const payments = async (orderId: string): Promise<Json[]> => must(await app.get(`/v1/payments?for=${orderId}`)).data;
  /** The driver says yes in their UPI app; the sandbox has a page for that. */
  const approve = async (orderId: string): Promise<void> => {
    await expect.poll(async () => (await payments(orderId)).find(({ method }) => method === 'upi_transfer')?.url ?? null, { timeout: 15_000 }).not.toBeNull();
    await bed.pay((await payments(orderId)).find(({ method }) => method === 'upi_transfer')!.url);
  };
  const told = async (talk: Conversation, fits: (answer: Json) => boolean): Promise<Json> => {
    for (let n = 0; n < 10; n++) {
      const answer = await talk.got('on_status', n);
      if (fits(answer)) return answer;
    }
    throw new Error('it was not told');
  };

  it('BKB-8: a request to a UPI address, told at init: on_init at once, paid once the driver agrees', async () => {
    const wish = await newWish(upi);
    const talk = bed.converse();
    const init = await talk.ask('init', initBody(wish));
    expect(paymentOf(init)).toMatchObject({ 'beckn:method': 'UPI-TRANSFER', 'beckn:status': 'NOT-PAID', 'beckn:amount': { currency: 'INR', value: 110 } });
    await approve(orderOf(init)['beckn:id']);
    const paid = await told(talk, (answer) => paymentOf(answer)['beckn:status'] === 'PAID');
    expect(paymentOf(paid)).toMatchObject({ 'beckn:method': 'UPI-TRANSFER', 'beckn:txnRef': expect.any(String) });
    expect(orderOf(await talk.ask('confirm', confirmBody(wish)))['beckn:state']).toBe('CONFIRMED');
  });

  it('BKB-12: a transfer: account and reference are told, and it counts once it has come in', async () => {
    const wish = await newWish(transfer);
    const talk = bed.converse();
    const init = await talk.ask('init', initBody(wish));
    const id: string = orderOf(init)['beckn:id'];
    expect(paymentOf(init)).toMatchObject({ 'beckn:method': 'BANK-TRANSFER', 'beckn:status': 'NOT-PAID', 'beckn:paymentAttributes': {
      'bank-details': { 'bank-code': 'BANK0001234', 'bank-account-number': '1131324242424' }, 'payment-reference': expect.any(String) } });
    expect(orderOf(await talk.ask('confirm', confirmBody(wish, { status: 'PAID' })))['beckn:state']).toBe('PENDING');
    const [payment] = await payments(id);
    must(await app.post(`/v1/payments/${payment.id}/mark_paid`, {}));
    await told(talk, (answer) => orderOf(answer)['beckn:state'] === 'CONFIRMED');
    expect(must(await bed.cpo.api.get(`/v1/reservations/${id}`)).status).toBe('confirmed');
  });

  it('BKB-21: a request to a UPI address at confirm, as the seed has it: the link is withdrawn, PENDING, and CONFIRMED once the driver agrees; paid once', async () => {
    const wish = await newWish();
    const talk = bed.converse();
    const init = await talk.ask('init', initBody(wish));
    const id: string = orderOf(init)['beckn:id'];
    const link: string = paymentOf(init)['payment-url'];
    const confirmed = await talk.ask('confirm', confirmBody(wish));
    expect([orderOf(confirmed)['beckn:state'], paymentOf(confirmed)['beckn:status']]).toEqual(['PENDING', 'NOT-PAID']);
    await told(talk, (answer) => paymentOf(answer)['beckn:method'] === 'UPI-TRANSFER');
    await bed.pay(link); // too late: that page takes nothing any more
    await approve(id);
    await told(talk, (answer) => orderOf(answer)['beckn:state'] === 'CONFIRMED');
    expect((await payments(id)).map(({ method, status }) => `${method} ${status}`).toSorted()).toEqual(['payment_link cancelled', 'upi_transfer authorized']);
    expect(must(await bed.cpo.api.get(`/v1/reservations/${id}`)).status).toBe('confirmed');
  });
});
