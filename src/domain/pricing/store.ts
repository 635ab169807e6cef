import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { PriceRule, RuleKind } from './price-rule.ts';
import type { StoredQuote } from './stored-quote.ts';

const RULE = sql`id, network_id AS "networkId", operator_id AS "operatorId", kind, ref, version, content, created_at AS "createdAt", updated_at AS "updatedAt",
  retired_at AS "retiredAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** False when the operator has another of that kind with that ref. */
export async function insertRule(db: Queryable, r: PriceRule): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO price_rules (id, network_id, operator_id, kind, ref, version, content, created_at, updated_at)
    VALUES (${r.id}, ${r.networkId}, ${r.operatorId}, ${r.kind}, ${r.ref}, ${r.version}, ${json(r.content)}::jsonb, ${instant(r.createdAt)}, ${instant(r.updatedAt)})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** The row must be locked. */
export async function updateRule(db: Queryable, r: PriceRule): Promise<void> {
  await db.query(sql`
    UPDATE price_rules SET version = ${r.version}, content = ${json(r.content)}::jsonb, updated_at = ${instant(r.updatedAt)}, retired_at = ${instant(r.retiredAt)}
    WHERE id = ${r.id}`);
}

export async function findRule<K extends RuleKind>(db: Queryable, kind: K, id: string): Promise<PriceRule<K> | undefined> {
  return (await db.query<PriceRule<K>>(sql`SELECT ${RULE} FROM price_rules WHERE id = ${id} AND kind = ${kind}`))[0];
}

export async function lockRule<K extends RuleKind>(db: Queryable, kind: K, id: string): Promise<PriceRule<K> | undefined> {
  return (await db.query<PriceRule<K>>(sql`SELECT ${RULE} FROM price_rules WHERE id = ${id} AND kind = ${kind} FOR UPDATE`))[0];
}

/** Newest first; without an operator, those of all in the network. */
export async function listRules<K extends RuleKind>(
  db: Queryable, kind: K, of: { networkId: string; operatorId?: string }, page: { after?: string; before?: string; limit: number },
): Promise<PriceRule<K>[]> {
  const where = sql`${of.operatorId === undefined ? sql`network_id = ${of.networkId}` : sql`operator_id = ${of.operatorId} AND network_id = ${of.networkId}`}
    AND kind = ${kind} AND retired_at IS NULL`;
  if (page.before !== undefined) {
    return (await db.query<PriceRule<K>>(sql`SELECT ${RULE} FROM price_rules WHERE ${where} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${RULE} FROM price_rules WHERE ${where} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

/** All that these operators ask, the oldest first. */
export async function listRulesOf(db: Queryable, operatorIds: readonly string[]): Promise<PriceRule[]> {
  return db.query(sql`SELECT ${RULE} FROM price_rules WHERE operator_id = ANY(${[...operatorIds]}::text[]) AND retired_at IS NULL ORDER BY id`);
}

/** All that an operator asked at an instant, the oldest first. */
export async function listRulesAsOf(db: Queryable, operatorId: string, at: EpochMs): Promise<PriceRule[]> {
  return db.query(sql`
    SELECT DISTINCT ON (v.id) v.id, v.network_id AS "networkId", v.operator_id AS "operatorId", v.kind, v.ref, v.version, v.content, r.created_at AS "createdAt",
      v.holds_from AS "updatedAt", v.retired_at AS "retiredAt"
    FROM price_rule_versions v JOIN price_rules r ON r.id = v.id
    WHERE v.operator_id = ${operatorId} AND v.holds_from <= ${instant(at)} ORDER BY v.id, v.version DESC`);
}

/** How many of a kind an operator has. */
export async function countRules(db: Queryable, operatorId: string, kind: RuleKind): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM price_rules WHERE operator_id = ${operatorId} AND kind = ${kind} AND retired_at IS NULL`);
  return row!.count;
}

const QUOTE = sql`id, network_id AS "networkId", organisation_id AS "organisationId", operator_id AS "operatorId", driver_id AS "driverId", expires_at AS "expiresAt",
  created_at AS "createdAt", rules, asked, answer`;

/** Goes to the database with the next statement. */
export function insertQuote(tx: Transaction, q: StoredQuote): void {
  tx.send(sql`
    INSERT INTO quotes (id, network_id, organisation_id, operator_id, driver_id, expires_at, created_at, rules, asked, answer)
    VALUES (${q.id}, ${q.networkId}, ${q.organisationId}, ${q.operatorId}, ${q.driverId}, ${instant(q.expiresAt)}, ${instant(q.createdAt)}, ${json(q.rules)}::jsonb,
      ${json(q.asked)}::jsonb, ${json(q.answer)}::jsonb)`);
}

/** Keeps a quote for the reservation that was made with it; false when it was used before, or is over. */
export async function keepQuote(db: Queryable, id: string, reservationId: string, now: EpochMs): Promise<boolean> {
  const rows = await db.query(sql`
    UPDATE quotes SET reservation_id = ${reservationId} WHERE id = ${id} AND reservation_id IS NULL AND expires_at > ${instant(now)} RETURNING id`);
  return rows.length === 1;
}

export async function findQuote(db: Queryable, id: string): Promise<StoredQuote | undefined> {
  return (await db.query<StoredQuote>(sql`SELECT ${QUOTE} FROM quotes WHERE id = ${id}`))[0];
}

export async function deleteQuotesBefore(db: Queryable, networkId: string, before: EpochMs, limit: number): Promise<number> {
  const rows = await db.query(sql`
    DELETE FROM quotes WHERE id IN (
      SELECT id FROM quotes WHERE network_id = ${networkId} AND reservation_id IS NULL AND expires_at < ${instant(before)} ORDER BY expires_at LIMIT ${limit}
      FOR UPDATE SKIP LOCKED)
    RETURNING id`);
  return rows.length;
}
