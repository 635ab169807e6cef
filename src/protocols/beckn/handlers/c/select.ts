/** on_select: what an order would get and cost (BKC-5, BKC-6). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { debtOf } from '../../../../domain/payments/index.ts';
import type { Answer } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { knownDriverOf } from '../../orders.ts';
import { detailsOf, sumOfQuote, type Asked, type Offered } from '../../provider/index.ts';
import type { Fields } from '../../wire/index.ts';
import { buyerFields, lineOf, sessionPreferences } from './order.ts';
import { orderValue } from './price.ts';
import { CORE } from './words.ts';
import { read } from './read.ts';

export async function quoted(acting: Context, order: BecknOrder, body: Fields, { item, slot, quote, policy }: Offered): Promise<Answer> {
  const [details, sum] = [detailsOf(order), sumOfQuote(quote, policy)];
  const owedMinor = policy.paymentTiming === 'post_fulfillment' ? 0n : await owedBy(acting, read(body), sum.currency);
  return { body: { message: { order: {
    '@context': CORE, '@type': 'beckn:Order', 'beckn:orderStatus': 'CREATED', 'beckn:seller': item.operator.id, 'beckn:buyer': buyerFields(details, order.transactionId),
    'beckn:orderItems': [await lineOf(acting, item, details, slot.start)],
    'beckn:orderValue': orderValue(owedMinor > 0n ? { ...sum, more: [...sum.more, { kind: 'owed', minor: owedMinor }] } : sum),
    'beckn:orderAttributes': sessionPreferences(details, slot),
  } } } };
}

/** What the buyer owes from before is part of what is paid first (check 36). */
async function owedBy(acting: Context, { customer }: Asked, currency: string): Promise<bigint> {
  const driver = await knownDriverOf(acting, customer);
  return driver ? debtOf(acting, { organisationId: driver.organisationId, driverId: driver.id, currency }) : 0n;
}
