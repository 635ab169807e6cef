/** Events as a viewer may see them: the object in REST's form, with what is not theirs left out. */
import type { Booking, Conflict, Outage } from '../../../domain/calendar/index.ts';
import type { FrameLog, PendingStation, StationCommand, StationConnection } from '../../../domain/chargers/index.ts';
import type { Driver, Vehicle } from '../../../domain/drivers/index.ts';
import type { ExternalReservation } from '../../../domain/external/index.ts';
import type { InvoiceSummary } from '../../../domain/invoices/index.ts';
import type { NoticeEventData } from '../../../domain/notices/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import type { BillEventData, PaymentEventData, PaymentMethodEventData, TopUp, Wallet } from '../../../domain/payments/index.ts';
import type { PriceRule } from '../../../domain/pricing/index.ts';
import type { Membership, Programme } from '../../../domain/programmes/index.ts';
import type { Rating } from '../../../domain/feedback/index.ts';
import type { PolicyVersion, Reservation, WaitlistEntry } from '../../../domain/reservations/index.ts';
import type { SeriesEventData } from '../../../domain/reservations/series/index.ts';
import type { Session, SessionNews } from '../../../domain/sessions/index.ts';
import type { Ticket } from '../../../domain/support/index.ts';
import type { Evse, Location } from '../../../domain/stations/index.ts';
import type { StoredEvent } from '../../../platform/events/index.ts';
import { encodeBlock, encodeConflict, encodeOutage } from './calendar.ts';
import { encodeCommand, encodeConnection, encodePending } from './chargers.ts';
import { encodeDriver, encodeVehicle } from './drivers.ts';
import type { Encoding } from './encoding.ts';
import { encodeRating, encodeTicket } from './feedback.ts';
import { encodeExternalReservation } from './external.ts';
import { encodeInvoiceSummary } from './invoice/json.ts';
import { encodeEvse, encodeLocation } from './location.ts';
import { encodeOffer, encodeSurcharge, encodeTariff } from './prices.ts';
import { encodeFrameLog } from './operator-commands.ts';
import { encodeMembership, encodeProgramme } from './programmes.ts';
import { encodeBill, encodePayment, encodePaymentMethod, encodeTopUp } from './payments.ts';
import { encodeNoticeEvent } from './notices.ts';
import { encodePolicyVersion, encodeReservation } from './reservation.ts';
import { encodeSeriesEvent } from './series.ts';
import { encodeSession, encodeSessionNews } from './sessions.ts';
import { encodeWaitlistEntry } from './waitlist.ts';
import { encodeWallet } from './wallet.ts';

type Viewer = Pick<Context, 'actor' | 'now'>;
type Encoder = (data: never, viewer: Viewer, encoding: Encoding) => object;

/** Every object that an event can be about. `data` is the domain's own object, as the use case wrote it. */
const ENCODERS: Record<string, Encoder> = {
  location: (data: Location, _viewer, encoding) => encodeLocation(data, encoding),
  evse: (data: Evse & { previousStatus: string }, _viewer, encoding) => ({ ...encodeEvse(data, encoding), previous_status: data.previousStatus }),
  pending_station: (data: PendingStation, _viewer, encoding) => encodePending(data, encoding),
  station_command: (data: StationCommand, _viewer, encoding) => encodeCommand(data, encoding),
  station_frame_log: (data: FrameLog, _viewer, encoding) => encodeFrameLog(data, encoding),
  station_connection: (data: StationConnection, _viewer, encoding) => encodeConnection(data, encoding),
  driver: (data: Driver, _viewer, encoding) => encodeDriver(data, encoding),
  vehicle: (data: Vehicle, _viewer, encoding) => encodeVehicle(data, encoding),
  block: (data: Booking, _viewer, encoding) => encodeBlock(data, encoding),
  outage: (data: Outage, _viewer, encoding) => encodeOutage(data, encoding),
  conflict: (data: Conflict, _viewer, encoding) => encodeConflict(data, encoding),
  tariff: (data: PriceRule<'tariff'>, _viewer, encoding) => encodeTariff(data, encoding),
  surcharge: (data: PriceRule<'surcharge'>, _viewer, encoding) => encodeSurcharge(data, encoding),
  offer: (data: PriceRule<'offer'>, _viewer, encoding) => encodeOffer(data, encoding),
  notice: (data: NoticeEventData, _viewer, encoding) => encodeNoticeEvent(data, encoding),
  programme: (data: Programme, _viewer, encoding) => encodeProgramme(data, encoding),
  membership: (data: Membership, _viewer, encoding) => encodeMembership(data, encoding),
  policy: (data: PolicyVersion, _viewer, encoding) => encodePolicyVersion(data, encoding),
  reservation: (data: Reservation, viewer, encoding) => encodeReservation(viewer, data, encoding),
  external_reservation: (data: ExternalReservation, _viewer, encoding) => encodeExternalReservation(data, encoding),
  test_clock: (data: { now: number }, _viewer, encoding) => ({ object: 'test_clock', now: encoding.time(data.now) }),
  reservation_series: (data: SeriesEventData, _viewer, encoding) => encodeSeriesEvent(data, encoding),
  waitlist_entry: (data: WaitlistEntry, _viewer, encoding) => encodeWaitlistEntry(data, encoding),
  wallet: (data: Wallet<string>, _viewer, encoding) => encodeWallet(data, encoding),
  invoice: (data: InvoiceSummary, _viewer, encoding) => encodeInvoiceSummary(data, encoding),
  payment: (data: PaymentEventData, _viewer, encoding) => encodePayment(data, encoding),
  payment_method: (data: PaymentMethodEventData, _viewer, encoding) => encodePaymentMethod(data, encoding),
  top_up: (data: TopUp<string>, _viewer, encoding) => encodeTopUp(data, encoding),
  bill: (data: BillEventData, _viewer, encoding) => encodeBill(data, encoding),
  rating: (data: Rating, viewer, encoding) => encodeRating(viewer, data, encoding),
  support_ticket: (data: Ticket, _viewer, encoding) => encodeTicket(data, encoding),
  session: (data: Session & SessionNews, _viewer, encoding) => ({ ...encodeSession(data, encoding), ...encodeSessionNews(data, encoding) }),
};

export function encodeEvent(event: StoredEvent, viewer: Viewer, encoding: Encoding) {
  const encode = ENCODERS[event.object];
  if (!encode) throw new Error(`no encoder for events about a ${event.object}`);
  return {
    id: event.id, object: 'event', type: event.type, position: event.position, object_id: event.objectId, object_version: event.objectVersion,
    created: encoding.time(event.occurredAt), request_id: event.requestId, data: { object: encode(event.data as never, { ...viewer, now: event.occurredAt }, encoding) },
  };
}
