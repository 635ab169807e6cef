/** select → on_select: what an order would get and cost. Nothing is held by it (BKB-4). */
import type { Context } from '../../../../domain/organisations/index.ts';
import { priceAt, type Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { beginOrder, saveOrder } from '../../orders.ts';
import { BusinessError, formatMoment, type Fields } from '../../wire/index.ts';
import { DEPOSIT, OVERAGE, stopsOf as stopsOfAnswer } from './answer.ts';
import { detailsOf, noteOrder, withDetails } from './details.ts';
import { offerFor, type Offered } from './offer.ts';
import { itemPriceOf, totalsOf, type Sum } from './price.ts';
import { attributesOf, fulfillmentOf, linesOf, orderOf, stopsOf, textOf, type OrderLine } from './read.ts';
import { itemAttributes, ORDER_CONTEXT, providerDetails, SCHEMA_CONTEXT } from './words.ts';

/** The one line that an order has. */
export function requireLine(order: Fields): OrderLine {
  const [line, ...others] = linesOf(order);
  if (!line) throw new BusinessError('item_not_found', 'The order names no item.', '/message/order/beckn:orderItems');
  if (others.length > 0) throw new BusinessError('business', 'An order is for one plug: send an order for each.', '/message/order/beckn:orderItems/1');
  return line;
}

export const select = (_services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer> => {
  const asked = orderOf(message.body);
  const { acting, order: begun } = await beginOrder(ctx, message);
  const line = requireLine(asked);
  const noted = noteOrder(begun, asked);
  const stops = stopsOf(fulfillmentOf(asked));
  const offered = await offerFor(acting, { line, seller: textOf(asked['beckn:seller']), stops, finderFee: detailsOf(noted).finderFee });
  const order = withDetails(noted, { line, quoteId: offered.quote.id });
  await saveOrder(ctx, order);
  return { body: { message: { order: await quoted(acting, order, asked, line, offered) } }, schemaContext: SCHEMA_CONTEXT };
};

async function quoted(acting: Context, { transactionId }: BecknOrder, asked: Fields, line: OrderLine, { item, slot, quote, policy }: Offered): Promise<Fields> {
  const { answer, expiresAt } = quote;
  const { fee } = policy;
  const isPrepaid = policy.paymentTiming === 'pre_order' || policy.paymentTiming === 'pre_fulfillment';
  const sum: Sum = {
    currency: answer.currency, lines: answer.lines,
    more: [
      ...(isPrepaid && answer.overageProvisionMinor > 0 ? [{ name: OVERAGE, minor: answer.overageProvisionMinor }] : []),
      ...(fee.depositMinor > 0 && fee.currency === answer.currency ? [{ name: DEPOSIT, minor: fee.depositMinor }] : []),
    ],
  };
  const fulfillment = fulfillmentOf(asked);
  const fulfillmentId = textOf(asked['beckn:fulfillment']) ?? textOf(fulfillment['beckn:id']) ?? 'fulfillment-001';
  return {
    '@context': ORDER_CONTEXT, '@type': 'beckn:Order', 'beckn:id': textOf(asked['beckn:id']) ?? `draft-${transactionId}`, 'beckn:state': 'QUOTED', 'beckn:seller': item.operator.id,
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
      'fulfillment-details': { 'beckn:id': fulfillmentId, 'beckn:mode': 'RESERVATION', stops: stopsOfAnswer(item, slot), vehicle: fulfillment['vehicle'] ?? {} },
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
