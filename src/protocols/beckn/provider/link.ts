/** Where an order is followed. */
import { makeTracking } from '../../../domain/sessions/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import type { Services } from '../catalogue.ts';
import type { OrderNow } from './order-now.ts';

/** The link by which the session can be followed without a key; the same as long as it stands. Before there is one, that of the reservation, which wants a key. */
export async function linkOf(acting: Context, { publicUrl }: Services, { session, reservation, details }: OrderNow): Promise<string> {
  if (!session) return `${publicUrl()}/v1/reservations/${reservation.id}`;
  if (session.trackingHash !== null && details.trackingUrl?.includes('/track/') === true) return details.trackingUrl;
  return `${publicUrl()}/track/${await makeTracking(acting, session.id)}`;
}
