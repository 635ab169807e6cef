import { noteReservationGone } from '../../../domain/arming/index.ts';
import type { Handler } from '../message.ts';

/** A reservation is over at the station: expired, removed, or used by nobody who charged. What becomes of the slot our clock decides. */
export const reservationStatusUpdate: Handler = (ctx, { link }, payload) => {
  noteReservationGone(ctx, link, payload.reservationId as number);
  return {};
};
