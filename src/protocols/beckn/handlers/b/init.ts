/** init → on_init: the slot is held, and what is to be paid begins to be (BKB-8). */
import { DomainError } from '../../../../platform/errors/index.ts';
import { type Context } from '../../../../domain/organisations/index.ts';
import { claimMembership, listMemberships, listProgrammes, verifyMembership, type Programme } from '../../../../domain/programmes/index.ts';
import { cancelReservation, createReservation, getReservation, paymentDue, payReservation, type Reservation } from '../../../../domain/reservations/index.ts';
import type { Method } from '../../../../domain/payments/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import type { BecknOrder } from '../../order.ts';
import { beginOrder, driverOf, saveOrder } from '../../orders.ts';
import { BusinessError, type Fields } from '../../wire/index.ts';
import { orderAnswer, orderNow } from './answer.ts';
import { askToken } from './confirm-token.ts';
import { detailsOf, noteOrder, withDetails } from './details.ts';
import { offerFor } from './offer.ts';
import { at, attributesOf, customerOf, fieldsOf, fulfillmentOf, orderOf, stopsOf, textOf, type StopTimes } from './read.ts';
import { requireLine } from './select.ts';
import { methodOf, isPaid } from './terms.ts';

export const init = (services: Services) => async (ctx: Context, message: BecknMessage): Promise<Answer | undefined> => {
  const asked = orderOf(message.body);
  const begun = await beginOrder(ctx, message);
  const { acting } = begun;
  const driver = await driverOf(acting, customerOf(asked));
  const loyalty = driver ? await recognise(acting, driver.id, asked) : { told: [] };
  if ('refused' in loyalty) return loyalty.refused;
  const line = requireLine(asked);
  const stops = stopsOf(fulfillmentOf(asked));
  const noted = withDetails(noteOrder(begun.order, asked), { line, loyalty: loyalty.told, asked: { start: stops.start ?? null, end: stops.end ?? null } });
  const kept = await stillHeld(acting, begun.order, line.itemId, stops);
  const reservation = kept ?? await hold(acting, noted, { seller: textOf(asked['beckn:seller']), stops, driverId: driver?.id });
  const order: BecknOrder = { ...withDetails(noted, { quoteId: reservation.quoteId ?? undefined }), reservationId: reservation.id };
  const isWaiting = await beginToPay(acting, reservation, asked);
  const waiting = withDetails(order, { wantsToken: services.wantsConfirmOtp && reservation.driverId !== null, waiting: isWaiting ? { for: 'page', asked: order.asked }
    : undefined });
  await saveOrder(ctx, waiting);
  return isWaiting ? undefined : onInit(acting, services, waiting);
};

/** The answer; where the order is confirmed with a password, its driver is sent that now. */
export async function onInit(acting: Context, services: Services, order: BecknOrder): Promise<Answer> {
  const authorization = await askToken(acting, order);
  const now = await orderNow(acting, order);
  const { loyalty = [] } = detailsOf(order);
  return orderAnswer(acting, now, {
    services, state: 'INITIALIZED', ...(authorization ? { authorization, instructions: 'OTP will be shared to the user\'s registered number to confirm order' } : {}),
    ...(loyalty.length > 0 ? { more: { loyalty } } : {}),
  });
}

/** The hold of an init before this one, where it is of the same plug and time; another one is given back. */
async function stillHeld(acting: Context, { reservationId, details }: BecknOrder, itemId: string, stops: StopTimes): Promise<Reservation | undefined> {
  if (reservationId === null) return undefined;
  const reservation = await getReservation(acting, reservationId);
  const before = detailsOf({ details });
  if (reservation.status === 'confirmed' || reservation.status === 'completed') throw new BusinessError('business', 'That order is confirmed already.', '/message/order');
  if (reservation.status !== 'pending') return undefined;
  const isSame = [reservation.connectorId, reservation.evseId, before.line?.itemId].includes(itemId)
    && (before.asked?.start ?? null) === (stops.start ?? null) && (before.asked?.end ?? null) === (stops.end ?? null);
  const isOfAnswer = stops.start === reservation.reservedStart && (stops.end ?? reservation.reservedEnd) === reservation.reservedEnd;
  if (isSame || isOfAnswer) return reservation;
  await cancelReservation(acting, reservationId, { reason: 'changed' });
  return undefined;
}

async function hold(acting: Context, order: BecknOrder, { seller, stops, driverId }: { seller?: string; stops: StopTimes; driverId?: string }): Promise<Reservation> {
  const { line, finderFee } = detailsOf(order);
  const { item, slot, quote, energyWh } = await offerFor(acting, { line: line!, seller, stops, driverId, finderFee });
  return createReservation(acting, {
    evseId: item.evse.id, connectorId: item.connector.id, start: slot.start, end: slot.end, confirm: false, quoteId: quote.id,
      metadata: { beckn_transaction: order.transactionId.slice(0, 200) },
    ...(energyWh === null ? {} : { energyWh }), ...(driverId === undefined ? {} : { driverId }),
  });
}

/** Whether the answer has to wait for the page on which it is paid. */
async function beginToPay(acting: Context, reservation: Reservation, asked: Fields): Promise<boolean> {
  const { dueMinor, coveredMinor, estimateMinor, timing } = await paymentDue(acting, reservation);
  const wantedMinor = timing !== 'post_fulfillment' && estimateMinor !== null && estimateMinor > dueMinor ? estimateMinor : dueMinor;
  if (wantedMinor <= coveredMinor) return false;
  const paying = fieldsOf(attributesOf(asked)['payment-details']);
  const upiAddress = textOf(at(paying, 'beckn:paymentAttributes', 'source-vpa'));
  const method: Method = methodOf(textOf(at(paying, 'beckn:paymentAttributes', 'payment-method')) ?? textOf(paying['beckn:method'])) ?? 'payment_link';
  const isUpi = method === 'upi_transfer' && upiAddress !== undefined;
  try {
    const { payment } = await acting.tx.savepoint(() => payReservation(acting, reservation.id, {
      method: isUpi ? 'upi_transfer' : method === 'bank_transfer' ? 'bank_transfer' : 'payment_link', amountMinor: wantedMinor - coveredMinor,
        metadata: buyerOf(asked), ...(isUpi ? { details: { upiAddress } } : {}),
    }));
    return payment.method === 'payment_link' && !isPaid(payment);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_state') return false; // one is under way since an init before this one
    throw error;
  }
}

const MOST_CHARS = 200;

/** A business that is to be invoiced; the seed has its GSTIN with that word before it. */
function buyerOf(asked: Fields): Record<string, string> {
  const billing = fieldsOf(attributesOf(asked)['billing-details']);
  const taxId = textOf(billing['tax-id'])?.replace(/^GSTIN\s*/i, '');
  if (taxId === undefined) return {};
  const address = fieldsOf(billing['schema:address']);
  const lines = ['schema:streetAddress', 'schema:addressLocality', 'schema:postalCode', 'schema:addressRegion'].flatMap((name) => textOf(address[name]) ?? []);
  const told = { buyer_tax_id: taxId, buyer_name: textOf(at(billing['organization'], 'schema:name')) ?? textOf(billing['schema:name']) ?? '', buyer_address: lines.join(', ') };
  return Object.fromEntries(Object.entries(told).map(([name, value]) => [name, value.slice(0, MOST_CHARS)]));
}

/** BKB-10: loyalty by the phone number of the bill; a fleet by the password that its driver was sent. A wrong password is counted, so what it refuses is an answer. */
async function recognise(acting: Context, driverId: string, asked: Fields): Promise<{ told: Fields[] } | { refused: Answer }> {
  const phone = textOf(at(attributesOf(asked)['billing-details'], 'schema:telephone')) ?? customerOf(asked).phone;
  const wish = fieldsOf(attributesOf(asked)['loyalty']);
  const seller = textOf(asked['beckn:seller']);
  const programmes = (await listProgrammes(acting, { limit: 200 })).filter(({ retiredAt }) => retiredAt === null);
  const told: Fields[] = [];
  for (const programme of programmes) {
    const isNamed = [programme.id, programme.ref].includes(textOf(wish['programme-id']) ?? '');
    const byPhone = programme.unlockedBy.includes('phone') && (seller === undefined || seller === programme.operatorId || isNamed);
    if (phone === undefined || !(isNamed || byPhone)) continue;
    const otp = textOf(wish['otp']);
    const known = isNamed && otp !== undefined ? (await listMemberships(acting, driverId)).find(({ programmeId }) => programmeId === programme.id) : undefined;
    const outcome = known ? { membership: known } : await claim(acting, driverId, programme, phone);
    if (!outcome || 'refused' in outcome) continue;
    const verified = known?.status === 'pending' ? await verifyMembership(acting, driverId, known.id, otp!) : outcome;
    if ('refused' in verified) {
      const left = verified.refused === 'otp_wrong' ? ` ${verified.triesLeft} tries are left.` : '';
      return { refused: { body: {}, error: { code: '50000', message: `That is not the password of ${programme.name}.${left}` } } };
    }
    told.push(wordsOf(programme, verified.membership.status));
  }
  return { told };
}

const wordsOf = ({ id, name, kind }: Programme, status: string): Fields => ({
  'beckn:id': id, 'schema:name': name, type: kind.toUpperCase(), status: status.toUpperCase(), ...(status === 'pending' ? { authorization: { type: 'OTP' } } : {}),
});

/** Nobody is told who is no member, and who asks too often is told nothing. */
async function claim(acting: Context, driverId: string, programme: Programme, phone: string) {
  try {
    return await acting.tx.savepoint(() => claimMembership(acting, driverId, programme.id, { phone }));
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
