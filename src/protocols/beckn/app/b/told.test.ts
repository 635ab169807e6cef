/** What others send is read as far as it is what it should be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields } from '../../wire/index.ts';
import { TRANSLATION_B } from './index.ts';

const order = (attributes: Fields, more: Fields = {}): Fields => ({ message: { order: { 'beckn:id': 'o-1', 'beckn:state': 'ACTIVE', ...more,
  'beckn:orderAttributes': attributes } } });
const pay = (more: Fields): Fields => ({ 'payment-details': { 'beckn:status': 'NOT-PAID', 'beckn:amount': { currency: 'INR', value: 100 }, ...more } });

describe('what the draft tells', () => {
  it('BKN-72: amounts are of known currencies, links of HTTP', () => {
    const paymentOf = (more: Fields) => TRANSLATION_B.told('on_status', order(pay(more))).facts.payment;
    expect(paymentOf({})).toMatchObject({ amountMinor: 10_000, currency: 'INR', isPaid: false, url: null });
    expect(paymentOf({ 'beckn:amount': { currency: 'inr', value: '100.005' } })).toMatchObject({ amountMinor: 10_001 });
    for (const amount of [{ currency: 'RUPEES', value: 1 }, { currency: 'INR', value: 'free' }, { currency: 'INR', value: 1e300 }, 'ten', null]) {
      expect(paymentOf({ 'beckn:amount': amount }), JSON.stringify(amount)).toBeUndefined();
    }
    expect(paymentOf({ 'payment-url': 'https://pay.example/1' })?.url).toBe('https://pay.example/1');
    // oxlint-disable-next-line no-script-url
    for (const url of ['javascript:alert(1)', 'file:///etc/passwd', 'upi://pay', '/pay', `https://x.example/${'a'.repeat(3_000)}`, 1]) {
      expect(paymentOf({ 'payment-url': url })?.url, String(url)).toBeNull();
    }
  });

  it('BKN-72: the seed’s own slips are read: payments as a list, colons in times, text for numbers, END for STOP', () => {
    const { status, facts } = TRANSLATION_B.told('on_update', order({
      'payment-details': [
        { 'beckn:status': 'PAID', 'beckn:amount': { currency: 'INR', value: '100' } },
        { 'beckn:method': 'REFUND', 'beckn:status': 'NOT_PAID', 'beckn:amount': { currency: 'INR', value: 22 } },
      ],
      'fulfillment-details': {
        state: { code: 'COMPLETED' }, stops: [{ type: 'START', time: { timestamp: '2025:09:24:10:00:00' } }, { type: 'END', time: { timestamp: '2025-09-24T11:00:00Z' } }],
      },
      'refund-terms': [{ 'fulfillment-state': { code: 'CONFIRMED' }, 'refund-eligible': true, 'refund-amount': { currency: 'INR', value: '85' } }],
    }, { 'beckn:state': 'COMPLETED', 'beckn:totals': { 'schema:priceCurrency': 'INR', 'schema:price': '78', 'beckn:breakup': [{ 'schema:name': 'x', 'schema:price': 78 }] } }));
    expect([status, facts.payment?.isPaid, facts.settlement, facts.price?.totalMinor, facts.terms?.[0]?.amountMinor]).toEqual([
      'completed', true, [{ kind: 'refund', amountMinor: 2_200, currency: 'INR', isDone: false }], 7_800, 8_500,
    ]);
    expect([facts.startedAt, facts.endedAt]).toEqual([Date.UTC(2025, 8, 24, 10), Date.UTC(2025, 8, 24, 11)]);
  });

  it('BKN-72: whatever is sent is read without failing, and its texts are of bounded length', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom('on_select', 'on_init', 'on_status', 'on_track', 'on_rating', 'on_support'), (value, action) => {
      for (const body of [{ message: value }, order(value as Fields), order({ 'payment-details': value, 'fulfillment-details': value, cancellation: value, 'refund-terms': value },
        { 'beckn:totals': value, 'beckn:orderItems': value }), { message: { support: value, ratings: value } }]) {
        expect(JSON.stringify(TRANSLATION_B.told(action, body)).length).toBeLessThan(50_000);
      }
      expect(Array.isArray(TRANSLATION_B.found({ catalogs: [{ 'beckn:items': value }] }))).toBe(true);
      TRANSLATION_B.found({ catalogs: [{ 'beckn:items': [{ 'beckn:id': 'x', 'beckn:availableAt': value, 'beckn:itemAttributes': value, 'beckn:provider': value }] }] });
    }));
  });
});
