import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { sql, type Queryable } from '../../platform/database/index.ts';
import type { AutoTopUp } from './auto-top-up.ts';

const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;
const AUTO = sql`a.driver_id AS "driverId", a.currency, a.network_id AS "networkId", a.organisation_id AS "organisationId", a.active,
  a.payment_method_id AS "paymentMethodId", a.amount AS "amountMinor", a.below AS "belowMinor", a.rests_until AS "restsUntil", a.failure, a.version, a.updated_at AS "updatedAt"`;
/** Wallets that are to be topped up unless they rest: too little is available, and no top-up has begun by itself that has not ended. */
const LOW = sql`a.active
  AND coalesce((SELECT b.posted - b.pending_out FROM ledger_accounts l JOIN ledger_balances b ON b.account_id = l.id
    WHERE l.driver_id = a.driver_id AND l.kind = 'wallet' AND l.currency = a.currency), 0) < a.below
  AND NOT EXISTS (SELECT 1 FROM top_ups t WHERE t.driver_id = a.driver_id AND t.currency = a.currency AND t.type = 'auto' AND t.status = 'pending')`;

export async function findAutoTopUp(db: Queryable, driverId: string, currency: string): Promise<AutoTopUp | undefined> {
  return (await db.query<AutoTopUp>(sql`SELECT ${AUTO} FROM auto_top_ups a WHERE a.driver_id = ${driverId} AND a.currency = ${currency}`))[0];
}

/** Adds it, or writes it anew as its next version, which rests no longer. */
export async function putAutoTopUp(db: Queryable, a: Omit<AutoTopUp, 'version' | 'restsUntil' | 'failure'>): Promise<AutoTopUp> {
  return (await db.query<AutoTopUp>(sql`
    INSERT INTO auto_top_ups AS a (driver_id, currency, network_id, organisation_id, active, payment_method_id, amount, below, version, updated_at)
    VALUES (${a.driverId}, ${a.currency}, ${a.networkId}, ${a.organisationId}, ${a.active}, ${a.paymentMethodId}, ${a.amountMinor}, ${a.belowMinor}, 1, ${instant(a.updatedAt)})
    ON CONFLICT (driver_id, currency) DO UPDATE
      SET active = EXCLUDED.active, payment_method_id = EXCLUDED.payment_method_id, amount = EXCLUDED.amount, below = EXCLUDED.below, rests_until = NULL, failure = NULL,
        version = a.version + 1, updated_at = EXCLUDED.updated_at
    RETURNING ${AUTO}`))[0]!;
}

/** Locks one whose wallet is low, of those that nobody is working on. */
export async function lockLow(db: Queryable, networkId: string, now: EpochMs): Promise<AutoTopUp | undefined> {
  return (await db.query<AutoTopUp>(sql`
    SELECT ${AUTO} FROM auto_top_ups a WHERE a.network_id = ${networkId} AND coalesce(a.rests_until, '-infinity') <= ${instant(now)} AND ${LOW}
    ORDER BY a.driver_id, a.currency LIMIT 1 FOR UPDATE OF a SKIP LOCKED`))[0];
}

export interface Rest {
  driverId: string;
  currency: string;
  until: EpochMs;
  failure: string;
  at: EpochMs;
}

export async function restAutoTopUp(db: Queryable, { driverId, currency, until, failure, at }: Rest): Promise<void> {
  await db.query(sql`
    UPDATE auto_top_ups SET rests_until = ${instant(until)}, failure = ${failure}, version = version + 1, updated_at = ${instant(at)}
    WHERE driver_id = ${driverId} AND currency = ${currency}`);
}

/** Switches off all that go by a payment method. */
export async function deactivateAutoTopUps(db: Queryable, paymentMethodId: string, at: EpochMs): Promise<void> {
  await db.query(sql`
    UPDATE auto_top_ups SET active = false, version = version + 1, updated_at = ${instant(at)} WHERE payment_method_id = ${paymentMethodId} AND active`);
}
