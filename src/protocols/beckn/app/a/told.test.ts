/** What others send in Beckn 1.1 is read as far as it is what it should be: seed 000's messages, slips and all, and whatever else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fields } from '../../wire/index.ts';
import { TRANSLATION_A } from './index.ts';

const order = (more: Fields): Fields => ({ message: { order: more } });
const state = (code: string): Fields => ({ fulfillments: [{ state: { descriptor: { code } } }] });

describe('what Beckn 1.1 tells', () => {
  it('BKN-72: the state is that of the fulfilment, and one that is pending is of an order that is confirmed, or not yet', () => {
    const statusOf = (action: string, more: Fields): unknown => TRANSLATION_A.told(action, order(more)).status;
    expect([statusOf('on_select', {}), statusOf('on_init', {}), statusOf('on_confirm', { id: 'o', ...state('PENDING') }), statusOf('on_confirm', state('PENDING'))])
      .toEqual(['quoted', 'pending', 'confirmed', 'pending']);
    expect([statusOf('on_status', { id: 'o', ...state('PENDING') }), statusOf('on_status', { status: 'ACTIVE', ...state('PENDING') })]).toEqual(['pending', 'confirmed']);
    expect(['ACTIVE', 'CONNECTION-INTERRUPTED', 'COMPLETED', 'CANCELLED', 'OTHER'].map((code) => statusOf('on_status', state(code))))
      .toEqual(['active', 'active', 'completed', 'cancelled', undefined]);
  });

  it('BKN-72: prices, payments and terms of seed 000', () => {
    const { facts } = TRANSLATION_A.told('on_init', order({
      quote: { price: { value: '100', currency: 'INR' }, breakup: [{ title: 'Charging', price: { value: '90', currency: 'INR' } }, { title: 'Fee', price: { value: '10' } }] },
      payments: [{ collected_by: 'BPP', url: 'https://pay.example', params: { amount: '100.00', currency: 'INR' }, status: 'NOT-PAID', type: 'PRE-FULFILLMENT' }],
      refund_terms: [{ fulfillment_state: { descriptor: { code: 'CONFIRMED', long_desc: '85%' } }, refund_eligible: true, refund_amount: { currency: 'INR', value: '85' } }],
      fulfillments: [{ stops: [{ type: 'START', time: { timestamp: '2023-07-16T10:00:00+05:30' }, authorization: { type: 'OTP' } }, { type: 'START', time: {
        timestamp: '2023-07-16T11:00:00+05:30' } }] }],
    }));
    expect(facts).toMatchObject({
      price: { totalMinor: 10_000, lines: [{ amountMinor: 9_000 }, { amountMinor: 1_000 }] }, payment: { isPaid: false, amountMinor: 10_000, url: 'https://pay.example/' },
      terms: [{ isRefundable: true, amountMinor: 8_500 }], asksOtp: true, slot: { start: Date.UTC(2023, 6, 16, 4, 30), end: Date.UTC(2023, 6, 16, 5, 30) },
    });
  });

  it('BKN-72: whatever is sent is read without failing', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom('on_select', 'on_init', 'on_status', 'on_track', 'on_rating', 'on_support'), (value, action) => {
      const parts = { quote: value, payments: value, fulfillments: value, refund_terms: value, cancellation: value, status: value };
      for (const body of [{ message: value }, order(parts), order({ fulfillments: [{ state: value, stops: value, tags: value }], payments: [{ params: value }] }), {
        message: { support: value, tracking: value } }]) expect(JSON.stringify(TRANSLATION_A.told(action, body)).length).toBeLessThan(50_000);
      const provider = { locations: [{ id: 'l', gps: value, descriptor: value }], items: [{ id: 'i', location_ids: ['l'], fulfillment_ids: value, tags: value, price: value }],
        fulfillments: value };
      for (const providers of [value, [value], [provider]]) TRANSLATION_A.found({ message: { catalog: { providers } } });
    }));
  });
});
