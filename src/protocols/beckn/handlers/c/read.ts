/** What messages of the candidate say. */
import { isDecimal, type BuyerFinderFee } from '../../../../domain/pricing/index.ts';
import { at, buyerOf, fieldsOf, listOf, measured, numberOf, orderOf, textOf, type Asked, type Details, type OrderLine, type StopTimes } from '../../provider/index.ts';
import { isFields, parseMoment, type Fields } from '../../wire/index.ts';

export function read(body: Fields): Asked {
  const order = orderOf(body);
  const [message, buyer, payment] = [fieldsOf(body['message']), fieldsOf(order['beckn:buyer']), fieldsOf(order['beckn:payment'])];
  const attributes = fieldsOf(order['beckn:orderAttributes']);
  const delivery = fieldsOf(at(order, 'beckn:fulfillment', 'beckn:deliveryAttributes'));
  const phone = textOf(buyer['beckn:telephone']);
  const [cancellation, loyalty] = [message['cancellation'] ?? attributes['cancellation'], fieldsOf(message['loyalty'] ?? attributes['loyalty'])];
  return {
    lines: linesOf(order), seller: textOf(order['beckn:seller']), stops: () => stopsOf(attributes, delivery),
    customer: { name: textOf(buyer['beckn:displayName'])?.slice(0, 200), phone, email: textOf(buyer['beckn:email']) },
    told: toldOf(order, attributes),
    payment: {
      // An app that collects itself pays by transfer, to the account that it is told.
      method: textOf(payment['beckn:beneficiary']) === 'BAP' ? 'bank_transfer' : 'payment_link',
      isDeclared: ['COMPLETED', 'CAPTURED', 'AUTHORIZED'].includes(textOf(payment['beckn:paymentStatus']) ?? ''),
      buyer: buyerOf({ taxId: textOf(buyer['beckn:taxID']), name: textOf(buyer['beckn:displayName']) }),
    },
    loyalty: { phone, programme: textOf(loyalty['programmeId']), otp: textOf(loyalty['otp']) }, charging: chargingOf(delivery),
    token: [message, delivery, attributes].map((one) => textOf(at(one, 'authorization', 'token'))).find((token) => token !== undefined),
    cancellation: { isSoft: /^soft/i.test(textOf(at(cancellation, 'type')) ?? ''), reason: textOf(at(cancellation, 'reason')) },
  };
}

/** `STOP` stops; any other state that an update tells of a session that has not begun begins it, as the published examples do. */
function chargingOf(delivery: Fields): 'start' | 'stop' | undefined {
  const status = textOf(delivery['sessionStatus'])?.toUpperCase();
  if (status === 'STOP' || status === 'COMPLETED') return 'stop';
  return status === 'PENDING' || status === 'START' || status === 'ACTIVE' ? 'start' : undefined;
}

function toldOf(order: Fields, attributes: Fields): Details {
  const [buyer, payment] = [order['beckn:buyer'], order['beckn:payment']];
  const [item] = listOf(order['beckn:orderItems']);
  return {
    finderFee: finderFeeOf(attributes), fulfillmentId: textOf(at(order, 'beckn:fulfillment', 'beckn:id')), offerId: textOf(at(item, 'beckn:acceptedOffer', 'beckn:id')),
    ...(isFields(buyer) ? { buyer } : {}), ...(isFields(payment) ? { payment } : {}),
  };
}

function linesOf(order: Fields): OrderLine[] {
  return listOf(order['beckn:orderItems']).flatMap((item, i): OrderLine[] => {
    const itemId = textOf(item['beckn:orderedItem']);
    if (itemId === undefined) return [];
    const measure = item['beckn:quantity'];
    const value = numberOf(at(measure, 'unitQuantity')) ?? 0;
    const wanted = measured(value, textOf(at(measure, 'unitCode')) ?? textOf(at(measure, 'unitText')));
    return [{ itemId, lineId: textOf(item['beckn:lineId']) ?? `line-${i + 1}`, quantity: value, ...(isFields(measure) ? { measure } : {}), ...(wanted ? { wanted } : {}) }];
  });
}

function stopsOf(attributes: Fields, delivery: Fields): StopTimes {
  const preferences = fieldsOf(attributes['preferences'] ?? delivery['preferences']);
  const [start, end] = [parseMoment(preferences['startTime']), parseMoment(preferences['endTime'])];
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

function finderFeeOf(attributes: Fields): BuyerFinderFee | undefined {
  const { feeType, feeValue } = fieldsOf(attributes['buyerFinderFee']);
  const value = typeof feeValue === 'number' ? String(feeValue) : textOf(feeValue);
  if (value === undefined || !isDecimal(value)) return undefined;
  return feeType === 'AMOUNT' ? { amount: value } : { percent: value };
}
