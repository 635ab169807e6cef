/** Orders of the open network. */
import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import type { Organisation } from '../../domain/organisations/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { BecknOrder } from './order.ts';

const ORDER = sql`network_id AS "networkId", subscriber_id AS "subscriberId", transaction_id AS "transactionId", generation, organisation_id AS "organisationId",
  reservation_id AS "reservationId", session_id AS "sessionId", asked, details, told`;

type OrderKey = Pick<BecknOrder, 'networkId' | 'subscriberId' | 'transactionId'>;

export type NewOrder = OrderKey & Pick<BecknOrder, 'generation' | 'asked'>;

/** The order of a transaction, begun where there is none, locked, with the roles of who acts for its app; undefined where nobody with that slug does. */
export async function beginOrder(tx: Transaction, o: NewOrder, slug: string, now: EpochMs): Promise<BecknOrder & Pick<Organisation, 'roles'> | undefined> {
  return (await tx.query<BecknOrder & Pick<Organisation, 'roles'>>(sql`
    WITH begun AS (
      INSERT INTO beckn_orders (network_id, subscriber_id, transaction_id, generation, organisation_id, asked, created_at, updated_at)
      SELECT ${o.networkId}, ${o.subscriberId}, ${o.transactionId}, ${o.generation}, id, ${json(o.asked)}::jsonb, ${toRfc3339(now)}::timestamptz, ${toRfc3339(now)}::timestamptz
      FROM organisations WHERE network_id = ${o.networkId} AND slug = ${slug}
      ON CONFLICT (network_id, subscriber_id, transaction_id) DO UPDATE SET updated_at = beckn_orders.updated_at RETURNING *)
    SELECT ${ORDER}, (SELECT roles FROM organisations WHERE id = organisation_id) AS roles FROM begun`))[0];
}

export async function lockOrder(tx: Transaction, { networkId, subscriberId, transactionId }: OrderKey): Promise<BecknOrder | undefined> {
  return (await tx.query<BecknOrder>(sql`
    SELECT ${ORDER} FROM beckn_orders WHERE network_id = ${networkId} AND subscriber_id = ${subscriberId} AND transaction_id = ${transactionId} FOR UPDATE`))[0];
}

/** By the id of its reservation or session, which is its order id; locked. */
export async function lockOrderOf(tx: Transaction, networkId: string, objectId: string): Promise<BecknOrder | undefined> {
  return (await tx.query<BecknOrder>(sql`
    SELECT ${ORDER} FROM beckn_orders WHERE (reservation_id = ${objectId} OR session_id = ${objectId}) AND network_id = ${networkId} FOR UPDATE`))[0];
}

/** Goes to the database with the next statement. */
export function updateOrder(tx: Transaction, o: BecknOrder, now: EpochMs): void {
  tx.send(sql`
    UPDATE beckn_orders SET organisation_id = ${o.organisationId}, reservation_id = ${o.reservationId}, session_id = ${o.sessionId}, asked = ${json(o.asked)},
      details = ${json(o.details)}, told = ${o.told}, updated_at = ${toRfc3339(now)}
    WHERE network_id = ${o.networkId} AND subscriber_id = ${o.subscriberId} AND transaction_id = ${o.transactionId}`);
}

/** Takes who was billed and who charged out of orders that were over before then. */
export async function forgetPeople(db: Queryable, before: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE beckn_orders o SET details = details - 'billing' - 'customer' - 'buyer' - 'vehicle'
    WHERE o.updated_at < ${toRfc3339(before)} AND jsonb_exists_any(o.details, ARRAY['billing', 'customer', 'buyer', 'vehicle'])
      AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.id = o.reservation_id AND r.status IN ('pending', 'confirmed'))`);
}
