/** The payment providers that the configuration names. */
import type { PaymentProvider } from '../domain/payments/index.ts';
import type { Config } from '../platform/config/index.ts';
import { razorpayProvider } from './razorpay/index.ts';
import { stripeProvider } from './stripe/index.ts';
import { together } from './together.ts';

/** @param publicUrl how drivers reach this server. Throws a ConfigError for a provider that is named by halves. */
export function configuredProviders(config: Config, publicUrl: () => string): PaymentProvider[] {
  return [openStripe(config, publicUrl), openRazorpay(config)].filter((provider) => provider !== undefined);
}

function openStripe(config: Config, homeUrl: () => string): PaymentProvider | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API_URL: apiUrl } = together(config, ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']);
  return secretKey === undefined || webhookSecret === undefined ? undefined : stripeProvider({ secretKey, webhookSecret, apiUrl, homeUrl });
}

function openRazorpay(config: Config): PaymentProvider | undefined {
  const given = together(config, ['RAZORPAY_KEY_ID', 'RAZORPAY_KEY_SECRET', 'RAZORPAY_WEBHOOK_SECRET']);
  const { RAZORPAY_KEY_ID: keyId, RAZORPAY_KEY_SECRET: keySecret, RAZORPAY_WEBHOOK_SECRET: webhookSecret, RAZORPAY_API_URL: apiUrl } = given;
  const upiNames = ['RAZORPAY_UPI_FLOW', 'RAZORPAY_PAYER_EMAIL', 'RAZORPAY_PAYER_PHONE'] as const;
  const { RAZORPAY_UPI_FLOW: flow, RAZORPAY_PAYER_EMAIL: payerEmail, RAZORPAY_PAYER_PHONE: payerPhone } = together(config, upiNames);
  if (keyId === undefined || keySecret === undefined || webhookSecret === undefined) return undefined;
  const upi = flow === undefined ? undefined : { flow, payerEmail: payerEmail!, payerPhone: payerPhone! };
  return razorpayProvider({ keyId, keySecret, webhookSecret, apiUrl, upi });
}
