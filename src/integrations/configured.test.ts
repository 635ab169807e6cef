import { describe, expect, it } from 'vitest';
import { readConfig } from '../platform/config/index.ts';
import { configuredProviders } from './configured.ts';

const STRIPE = { STRIPE_SECRET_KEY: 'sk_test_1234567890', STRIPE_WEBHOOK_SECRET: 'whsec_1234567890' };
const RAZORPAY = { RAZORPAY_KEY_ID: 'rzp_live_123', RAZORPAY_KEY_SECRET: 'key-secret', RAZORPAY_WEBHOOK_SECRET: 'webhook-secret' };
const UPI = { RAZORPAY_UPI_FLOW: 'intent', RAZORPAY_PAYER_EMAIL: 'pay@plugtime.example', RAZORPAY_PAYER_PHONE: '+918000000000' };
const open = (env: Record<string, string>) => configuredProviders(readConfig(env), () => '').map(({ id, mode, methods, canHold }) => ({ id, mode, methods, canHold }));

describe('the configured payment providers', () => {
  it('are none without settings', () => {
    expect(open({})).toEqual([]);
  });

  it('collect where their keys do', () => {
    const stripe = { id: 'stripe', methods: ['payment_link', 'saved_method'], canHold: ['payment_link', 'saved_method'] };
    expect(open(STRIPE)).toEqual([{ ...stripe, mode: 'sandbox' }]);
    expect(open({ ...STRIPE, STRIPE_SECRET_KEY: 'rk_live_1234567890' })).toEqual([{ ...stripe, mode: 'live' }]);
    expect(open(RAZORPAY)).toEqual([{ id: 'razorpay', mode: 'live', methods: ['payment_link'], canHold: [] }]);
    expect(open({ ...RAZORPAY, ...UPI, RAZORPAY_KEY_ID: 'rzp_test_123' })).toEqual([
      { id: 'razorpay', mode: 'sandbox', methods: ['payment_link', 'upi_transfer'], canHold: ['upi_transfer'] },
    ]);
  });

  it.each([
    [{ STRIPE_SECRET_KEY: STRIPE.STRIPE_SECRET_KEY }, 'STRIPE_WEBHOOK_SECRET: is needed with STRIPE_SECRET_KEY'],
    [{ RAZORPAY_KEY_ID: 'rzp_test_123', RAZORPAY_KEY_SECRET: 'x' }, 'RAZORPAY_WEBHOOK_SECRET: is needed with RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET'],
    [{ ...RAZORPAY, RAZORPAY_UPI_FLOW: 'intent' }, 'RAZORPAY_PAYER_EMAIL: is needed with RAZORPAY_UPI_FLOW'],
    [{ ...STRIPE, STRIPE_SECRET_KEY: 'pk_test_published' }, 'STRIPE_SECRET_KEY'], [{ ...RAZORPAY, RAZORPAY_KEY_ID: 'rzp_123' }, 'RAZORPAY_KEY_ID'],
  ])('are refused by halves: %j', (env, problem) => {
    expect(() => open(env)).toThrow(problem);
    expect(() => open(env)).not.toThrow(/pk_test_published|key-secret|1234567890/);
  });
});
