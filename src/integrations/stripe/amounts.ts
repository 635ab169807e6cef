/**
 * Amounts as Stripe counts them (https://docs.stripe.com/currencies). Its smallest unit is not always that of the currency: some have
 * no decimals there that have some elsewhere, ISK and UGX have two that must be 00, and of three decimals the last must be 0.
 */
import { ProviderRefusal } from '../../domain/payments/index.ts';
import { minorDigits } from '../../domain/pricing/index.ts';

const NO_DECIMALS = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF']);
const THREE_DECIMALS = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);
/** Once of two decimals, now of none; Stripe's interface has kept the two. */
const WHOLE_ONLY = new Set(['ISK', 'UGX']);

const digitsAtStripe = (currency: string): number => (NO_DECIMALS.has(currency) ? 0 : THREE_DECIMALS.has(currency) ? 3 : 2);
const stepAtStripe = (currency: string): bigint => (THREE_DECIMALS.has(currency) ? 10n : WHOLE_ONLY.has(currency) ? 100n : 1n);

/** Throws `ProviderRefusal` for an amount that Stripe can't take exactly; nothing is ever rounded. */
export function toStripeAmount(amountMinor: bigint, currency: string): number {
  const amount = scaled(amountMinor, digitsAtStripe(currency) - minorDigits(currency));
  if (amount === undefined || amount % stepAtStripe(currency) !== 0n || amount > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ProviderRefusal('amount_not_chargeable', `Stripe can't take ${amountMinor} minor units of ${currency} exactly.`);
  }
  return Number(amount);
}

/** In minor units of the currency. Throws for what can't be said in them, which Stripe never says. */
export function fromStripeAmount(amount: number, currency: string): bigint {
  const amountMinor = scaled(BigInt(amount), minorDigits(currency) - digitsAtStripe(currency));
  if (amountMinor === undefined) throw new Error(`Stripe says ${amount} of ${currency}, which is no whole number of its minor units`);
  return amountMinor;
}

/** Times a power of ten, when that is whole. */
function scaled(amount: bigint, digits: number): bigint | undefined {
  if (digits >= 0) return amount * 10n ** BigInt(digits);
  const divisor = 10n ** BigInt(-digits);
  return amount % divisor === 0n ? amount / divisor : undefined;
}
