import type { Context } from '../organisations/index.ts';
import type { ExternalReservation, News } from './reservation.ts';

const TYPES: Record<News, string> = {
  created: 'external_reservation.created', updated: 'external_reservation.updated', quoted: 'external_reservation.quoted', held: 'external_reservation.held',
  paid: 'external_reservation.paid', confirmed: 'external_reservation.confirmed', started: 'external_reservation.started',
  interrupted: 'external_reservation.interrupted', reconnected: 'external_reservation.reconnected', completed: 'external_reservation.completed',
  settled: 'external_reservation.settled', cancelled: 'external_reservation.cancelled', failed: 'external_reservation.failed', refused: 'external_reservation.refused',
};

/** EXT-9: who bought it is told, and its driver. */
export async function emitReservation(ctx: Context, news: News, reservation: ExternalReservation): Promise<void> {
  await ctx.emit({
    type: TYPES[news], object: 'external_reservation', objectId: reservation.id, objectVersion: reservation.version, isPublic: false, audience: [reservation.organisationId],
    touches: [], data: reservation,
  });
}
