/** What happens to an order once there is one: status, cancel, update, track, rating, support. */
import { randomBytes } from 'node:crypto';
import Type from 'typebox';
import { DomainError } from '../../../../platform/errors/index.ts';
import { isStationOnline } from '../../../../domain/chargers/index.ts';
import type { Context } from '../../../../domain/organisations/index.ts';
import { cancelReservation, checkStartOtp, moveReservation, sendStartOtp, type Reservation } from '../../../../domain/reservations/index.ts';
import { endSandboxSession, startSandboxSession, startSession, stopSession, type Session } from '../../../../domain/sessions/index.ts';
import type { Services } from '../../catalogue.ts';
import type { Answer, BecknMessage, Handler } from '../../exchange/index.ts';
import { requireOrder, saveOrder, type OrderAtWork } from '../../orders.ts';
import { feedbackUrl } from '../../feedback-form.ts';
import { rateOrder } from '../../ratings.ts';
import { askForHelp, saidTrouble, troubledBy, type Help } from '../../support.ts';
import { BusinessError, errorOfBusiness } from '../../wire/index.ts';
import { detailsOf, withDetails } from './details.ts';
import { askedOrder, fieldsOf, listOf, textOf, timesOf, type AskedOrder } from './read.ts';
import { OrderMessage } from './select.ts';
import { knownOf, wholeOrder, type Known } from './whole.ts';

const Id = Type.String({ minLength: 1, maxLength: 255 });
const OrderId = Type.Object({ message: Type.Object({ order_id: Id }) });

/** A handler of an order that the message names. */
function ofOrder(
  services: Services, schema: Handler['schema'], work: (ctx: Context, at: OrderAtWork & { known: Known; message: BecknMessage }) => Promise<Answer | undefined>,
): Handler {
  return {
    schema,
    handle: async (ctx, message) => {
      const body = fieldsOf(message.body.message);
      const at = await requireOrder(ctx, message, textOf(body.order_id) ?? textOf(fieldsOf(body.order).id));
      const answer = await work(ctx, { ...at, known: await knownOf(at.acting, at.order), message });
      return answer ?? answerWhole(services, at);
    },
  };
}

async function answerWhole(services: Services, { acting, order }: OrderAtWork): Promise<Answer> {
  return { body: { message: { order: await wholeOrder(acting, services, await knownOf(acting, order)) } } };
}

export const statusHandler = (services: Services): Handler => ofOrder(services, OrderId, async () => undefined);

export const cancelHandler = (services: Services): Handler => ofOrder(services, OrderId, async (_ctx, { acting, known: { reservation }, message }) => {
  if (reservation.status === 'cancelled') throw new BusinessError('already_cancelled', 'The order was cancelled already.', '/message/order_id');
  const { descriptor, cancellation_reason_id: reasonId } = fieldsOf(message.body.message);
  const reason = textOf(fieldsOf(descriptor).short_desc) ?? textOf(fieldsOf(descriptor).name) ?? textOf(reasonId);
  try {
    await cancelReservation(acting, reservation.id, reason === undefined ? {} : { reason });
  } catch (error) {
    const isTooLate = error instanceof DomainError && (error.code === 'invalid_state' || error.code === 'cancel_cut_off_passed');
    throw isTooLate ? new BusinessError('cancellation_not_possible', error.message, '/message/order_id') : error;
  }
  return undefined;
});

/** Its slot is changed, or charging begins or ends: what the message's stops or state say. */
export const updateHandler = (services: Services): Handler => ofOrder(services, OrderMessage, async (ctx, { acting, order, known, message }) => {
  const asked = askedOrder(message.body);
  const state = (textOf(fieldsOf(fieldsOf(asked.fulfillment.state).descriptor).code) ?? '').toUpperCase().replaceAll(/[^A-Z]/g, '');
  const isStart = /START|ACTIVE/.test(state) || (state === '' && asked.token !== undefined);
  if (!detailsOf(order).isConfirmed) throw new BusinessError('update_not_possible', 'The order is not confirmed.', '/message/order/id');
  if (/END|STOP|COMPLETE|FINISH/.test(state)) return void (await stopCharging(acting, known));
  if (!isStart) return move(acting, known, asked);
  const refusal = await refusedStart(acting, known, asked.token);
  if (refusal) return { body: {}, error: errorOfBusiness('A', refusal) };
  await startCharging(acting, known);
  await saveOrder(ctx, withDetails(order, { wantsStartToken: false }));
  return undefined;
});

async function move(acting: Context, { item, reservation }: Known, asked: AskedOrder): Promise<undefined> {
  const { start, end } = timesOf(asked.fulfillment, item.location.timeZone);
  if (start === undefined && end === undefined) throw new BusinessError('update_target_invalid', 'Only the slot and the charging can be updated.', '/message/update_target');
  const length = reservation.reservedEnd! - reservation.reservedStart!;
  const from = start ?? reservation.reservedStart!;
  await moveReservation(acting, reservation.id, { start: from, end: end ?? from + length });
  return undefined;
}

/**
 * Why charging does not begin for want of the password; where none is given, or it is too old, the driver is sent one. A wrong try counts, so it is told and
 * not thrown.
 */
async function refusedStart(acting: Context, { details, reservation }: Known, token: string | undefined): Promise<BusinessError | undefined> {
  if (!details.wantsStartToken || reservation.sessionId !== null) return undefined;
  const path = '/message/order/fulfillments/0/stops/0/authorization/token';
  const checked = token === undefined ? undefined : await checkStartOtp(acting, reservation.id, token);
  if (checked && !('refused' in checked)) return undefined;
  if (checked?.refused === 'otp_wrong') return new BusinessError('update_not_possible', 'That is not the password to start with.', path);
  await sendStartOtp(acting, reservation.id);
  return new BusinessError('update_not_possible', 'The driver was sent a password now: send it with the start.', path);
}

async function startCharging(acting: Context, { item: { evse, connector }, reservation }: Known): Promise<Session> {
  const { id: reservationId } = reservation;
  const driver = reservation.driverId === null ? {} : { driverId: reservation.driverId };
  // In a sandbox nobody need stand in for a station that is not there.
  if (acting.network.mode === 'sandbox' && !(await isStationOnline(acting, evse.stationId))) return startSandboxSession(acting, { reservationId, ...driver });
  return startSession(acting, { type: 'app', reservationId, connectorId: connector.id, ...driver });
}

async function stopCharging(acting: Context, { reservation, session }: Known): Promise<Session> {
  if (!session) throw new BusinessError('update_not_possible', 'Charging has not begun.', '/message/order/fulfillments/0/state');
  if (session.type !== 'sandbox') return stopSession(acting, session.id);
  return endSandboxSession(acting, session.id, energyOf(reservation));
}

const energyOf = ({ energyWh }: Reservation): { energyWh?: number } => (energyWh === null ? {} : { energyWh });

export const trackHandler = (services: Services): Handler => ofOrder(services, OrderId, async (ctx, { order, known: { session, reservation } }) => {
  const token = detailsOf(order).trackToken ?? randomBytes(18).toString('base64url');
  await saveOrder(ctx, withDetails(order, { trackToken: token }));
  const isActive = session?.status === 'started' || session?.status === 'paused';
  const url = `${services.publicUrl()}/beckn/track/${reservation.id}/${token}`;
  return { body: { message: { tracking: { id: reservation.id, url, status: isActive ? 'active' : 'inactive' } } } };
});

/** BKN-64 */
export const ratingHandler = (services: Services): Handler => ({
  schema: Type.Object({ message: Type.Object({ ratings: Type.Array(Type.Object({ id: Id }), { minItems: 1, maxItems: 20 }) }) }),
  handle: async (ctx, message) => {
    const { acting, order } = await requireOrder(ctx, message);
    await rateOrder(acting, order, listOf(fieldsOf(message.body.message).ratings).map(({ rating_category: category, value }) => ({
      category: textOf(category), value: typeof value === 'number' || textOf(value) !== undefined ? Number(value) : undefined,
    })));
    const form = { url: await feedbackUrl(ctx, services, order), mime_type: 'text/html' };
    return { body: { message: { feedback_form: { form, required: false } } } };
  },
});

/** BKN-65 */
export const supportHandler = (services: Services): Handler => ({
  schema: Type.Object({ message: Type.Object({}) }),
  handle: async (ctx, message) => {
    const body = fieldsOf(message.body.message);
    const refId = textOf(fieldsOf(body.support).ref_id) ?? textOf(body.ref_id);
    const { acting, order } = await requireOrder(ctx, message, refId?.startsWith('res_') ? refId : undefined);
    return showHelp(await askForHelp(acting, services, troubledBy(order), saidTrouble(body)));
  },
});

/** The core knows `ref_id`, `phone`, `email` and `url`; what it has no place for stands beside them. */
export function showHelp({ ticket, phone, email, url, hours, answer }: Help): Answer {
  return { body: { message: { support: {
    ref_id: ticket.reservationId ?? ticket.sessionId, ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }), url,
    ticket_id: ticket.reference, ticket_status: ticket.status.toUpperCase(), ...(hours === undefined ? {} : { hours }), ...(answer === undefined ? {} : { answer }),
  } } } };
}
