/** How an order is paid, as `beckn:payment` (BKC-8, BKC-12, BKC-13). */
import type { PaymentWithRefunds } from '../../../../domain/payments/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import type { Services } from '../../catalogue.ts';
import { askedMinor, at, fieldsOf, isPaid, listOf, paymentOf, settledBy, textOf, type Cancellation, type OrderNow } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { amountOf, CORE, SETTLEMENT, UBC } from './words.ts';

/** @param cancellation of an order that was cancelled: what is given back goes to the buyer */
export function paymentFields(acting: Context, now: OrderNow, services: Services, cancellation?: Cancellation): Fields {
  const { due, details, reservation } = now;
  const payment = paymentOf(now);
  const told = fieldsOf(details.payment);
  const back = backOf(now, cancellation);
  const isCollectedByApp = textOf(told['beckn:beneficiary']) === 'BAP';
  const currency = payment?.currency ?? due.currency;
  const minor = back?.minor ?? payment?.amountMinor ?? askedMinor(now);
  const url = payment?.details.url ?? (payment && details.page?.paymentId === payment.id ? details.page.url : undefined);
  const methods = methodsOf(acting, services, currency);
  return {
    '@context': CORE, '@type': 'beckn:Payment', 'beckn:id': payment?.id ?? `payment-of-${reservation.id}`, 'beckn:amount': { currency, value: amountOf(minor, currency) },
    ...(url === undefined ? {} : { 'beckn:paymentURL': url }), ...(payment ? { 'beckn:txnRef': payment.providerRef ?? payment.reference } : {}),
    ...(payment && isPaid(payment) ? { 'beckn:paidAt': formatMoment(payment.updatedAt) } : {}),
    'beckn:beneficiary': back ? 'BUYER' : isCollectedByApp ? 'BAP' : 'BPP', ...(methods.length > 0 && !isCollectedByApp ? { 'beckn:acceptedPaymentMethod': methods } : {}),
    'beckn:paymentStatus': back?.status ?? statusOf(payment), 'beckn:paymentAttributes': attributesOf(told, payment, services),
  };
}

/** What has been given back of it, once that is done; while it is under way the payment is as it was. */
function backOf(now: OrderNow, cancellation: Cancellation | undefined): { minor: bigint; status: string } | undefined {
  const { bill, payments } = now;
  if (bill) {
    const { backMinor, isSettled } = settledBy(bill, payments);
    return backMinor > 0n && isSettled ? { minor: backMinor, status: 'REFUNDED' } : undefined;
  }
  if (!cancellation || cancellation.refundMinor === 0 || payments.every((one) => one.authorizedMinor === 0n && one.capturedMinor === 0n)) return undefined;
  const isOver = now.reservation.endedAt !== null;
  return { minor: BigInt(cancellation.refundMinor), status: isOver ? 'REFUNDED' : 'PENDING' };
}

function statusOf(payment: PaymentWithRefunds | undefined): string {
  if (!payment) return 'INITIATED';
  const words: Record<PaymentWithRefunds['status'], string> = {
    pending: 'INITIATED', authorized: 'COMPLETED', succeeded: 'COMPLETED', failed: 'FAILED', cancelled: 'CANCELLED', expired: 'EXPIRED',
  };
  return words[payment.status];
}

const METHOD_WORDS: Readonly<Record<string, readonly string[]>> = { upi_transfer: ['UPI'], payment_link: ['CREDIT_CARD', 'DEBIT_CARD'], bank_transfer: ['BANK_TRANSFER'] };

/** The page on which it is paid takes UPI too where people pay in rupees. */
function methodsOf(acting: Context, { bank }: Services, currency: string): string[] {
  const ways = acting.settings.providers.filter(({ mode }) => mode === acting.network.mode).flatMap(({ methods }) => methods);
  const words = ways.filter((way) => way !== 'bank_transfer' || bank.account !== undefined).flatMap((way) => METHOD_WORDS[way] ?? []);
  return [...new Set(ways.includes('payment_link') && currency.toUpperCase() === 'INR' ? ['UPI', ...words] : words)];
}

const ACCOUNT_FIELDS = ['beneficiaryId', 'accountHolderName', 'accountNumber', 'ifscCode', 'bankName', 'vpa'] as const;

/** The accounts between which is settled: the app's, as it told them, and ours. In the pack that the app has used. */
function attributesOf(told: Fields, payment: PaymentWithRefunds | undefined, { bank, subscriberId }: Services): Fields {
  const sent = fieldsOf(told['beckn:paymentAttributes']);
  const theirs = listOf(sent['settlementAccounts']).slice(0, 5).map((account) => Object.fromEntries(ACCOUNT_FIELDS.flatMap((name) => {
    const value = textOf(account[name]);
    return value === undefined ? [] : [[name, value]];
  }))).filter((account) => account['beneficiaryId'] !== subscriberId);
  const own = bank.account === undefined ? [] : [{ beneficiaryId: subscriberId, accountNumber: bank.account, ...(bank.code === undefined ? {} : { ifscCode: bank.code }) }];
  const isUbc = textOf(sent['@type']) === 'UBCPaymentAttributes';
  const upiId = textOf(sent['upiTransactionId']) ?? textOf(at(payment?.details, 'upiTransactionId'));
  return {
    '@context': isUbc ? UBC : SETTLEMENT, '@type': isUbc ? 'UBCPaymentAttributes' : 'PaymentSettlement', ...(isUbc && upiId !== undefined ? { upiTransactionId: upiId } : {}),
    settlementAccounts: [...theirs, ...own],
  };
}
