/**
 * The simulated Stripe and Razorpay as a program, to try payments without an account:
 *
 *     npx node test/providers/serve.ts 'http://localhost:8080/v1/payment_providers/{provider}/notices'
 *
 * It prints the settings that point Plugtime at it. Drivers pay at the address that a payment has; nothing is kept when it ends.
 */
import { startRazorpayServer } from './razorpay-server.ts';
import { startStripeServer } from './stripe-server.ts';

const [notices] = process.argv.slice(2);
const webhookUrl = (provider: string): string | undefined => notices?.replace('{provider}', provider);
const stripe = await startStripeServer({ port: 4_242, webhookUrl: webhookUrl('stripe') });
const razorpay = await startRazorpayServer({ port: 4_243, webhookUrl: webhookUrl('razorpay') });
const settings = {
  STRIPE_SECRET_KEY: stripe.secretKey, STRIPE_WEBHOOK_SECRET: stripe.webhookSecret, STRIPE_API_URL: stripe.url,
  RAZORPAY_KEY_ID: razorpay.keyId, RAZORPAY_KEY_SECRET: razorpay.keySecret, RAZORPAY_WEBHOOK_SECRET: razorpay.webhookSecret, RAZORPAY_API_URL: razorpay.url,
  RAZORPAY_UPI_FLOW: 'intent', RAZORPAY_PAYER_EMAIL: 'pay@plugtime.example', RAZORPAY_PAYER_PHONE: '+918000000000',
};
process.stdout.write(`${Object.entries(settings).map(([name, value]) => `export ${name}=${value}`).join('\n')}\n`);
