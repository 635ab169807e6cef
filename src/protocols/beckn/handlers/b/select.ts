/** on_select: what an order would get and cost. */
import type { Context } from '../../../../domain/organisations/index.ts';
import { priceAt } from '../../catalogue.ts';
import type { Answer } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { detailsOf, orderOf, sumOfQuote, textOf, type Offered } from '../../provider/index.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import { stopsOf } from './answer.ts';
import { itemPriceOf, totalsOf } from './price.ts';
import { attributesOf, fulfillmentOf } from './read.ts';
import { itemAttributes, ORDER_CONTEXT, providerDetails, SCHEMA_CONTEXT } from './words.ts';

export async function quoted(acting: Context, order: BecknOrder, body: Fields, offered: Offered): Promise<Answer> {
  return { body: { message: { order: await orderFields(acting, order, orderOf(body), offered) } }, schemaContext: SCHEMA_CONTEXT };
}

async function orderFields(acting: Context, order: BecknOrder, asked: Fields, { item, slot, quote, policy }: Offered): Promise<Fields> {
  const { answer, expiresAt } = quote;
  const [sum, line] = [sumOfQuote(quote, policy), detailsOf(order).line!];
  const fulfillment = fulfillmentOf(asked);
  const fulfillmentId = textOf(asked['beckn:fulfillment']) ?? textOf(fulfillment['beckn:id']) ?? 'fulfillment-001';
  return {
    '@context': ORDER_CONTEXT, '@type': 'beckn:Order', 'beckn:id': textOf(asked['beckn:id']) ?? `draft-${order.transactionId}`, 'beckn:state': 'QUOTED',
    'beckn:seller': item.operator.id,
    'beckn:buyer': textOf(asked['beckn:buyer']) ?? '',
    'beckn:orderItems': [{
      'beckn:lineId': line.lineId, 'beckn:orderedItem': item.connector.id, 'beckn:quantity': line.quantity, 'beckn:price': itemPriceOf(sum),
      'beckn:orderItemAttributes': {
        ...itemAttributes(item.connector, item.evse, await priceAt(acting, item, slot.start)), ...(line.measure ? { 'quantity-measure': line.measure } : {}),
      },
    }],
    'beckn:fulfillment': fulfillmentId, 'beckn:totals': totalsOf(sum, item.connector.id),
    'beckn:orderAttributes': {
      'provider-details': providerDetails(item),
      'fulfillment-details': { 'beckn:id': fulfillmentId, 'beckn:mode': 'RESERVATION', stops: stopsOf(item, slot), vehicle: fulfillment['vehicle'] ?? {} },
      'fulfillment-type': 'CHARGING', 'quote-expires-at': formatMoment(expiresAt), 'expected-energy': { value: String(answer.energyWh / 1_000), unit: 'kWh' },
      ...(answer.offers.length > 0 ? { offers: answer.offers.map(offerWords) } : {}), ...buyerFinderFee(asked, answer.buyerFinderFeeMinor),
    },
  };
}

/** Also those that are not earned yet, or would be by a member: the seed's app reminds of them. */
function offerWords({ id, name, discountMinor, missingEnergyWh, join }: Offered['quote']['answer']['offers'][number]): Fields {
  return {
    'beckn:id': id, 'schema:name': name, applied: discountMinor > 0,
      ...(missingEnergyWh === undefined ? {} : { 'missing-energy': { value: String(missingEnergyWh / 1_000), unit: 'kWh' } }),
    ...(join ? { 'for-members-of': join.map((programme) => ({ 'beckn:id': programme.id, 'schema:name': programme.name })) } : {}),
  };
}

function buyerFinderFee(asked: Fields, minor: number | undefined): Fields {
  const { 'buyer-finder-fee': fee } = attributesOf(asked);
  return fee === undefined || minor === undefined ? {} : { 'buyer-finder-fee': fee };
}
