import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';
import type { Member, Programme } from './programme.ts';

const PROGRAMME = sql`id, network_id AS "networkId", operator_id AS "operatorId", kind, ref, name, description, unlocked_by AS "unlockedBy", version,
  created_at AS "createdAt", updated_at AS "updatedAt", retired_at AS "retiredAt"`;
const MEMBER = sql`id, programme_id AS "programmeId", phone, member_number AS "memberNumber", license_plate AS "licensePlate", created_at AS "createdAt"`;
const instant = (at: EpochMs | null) => sql`${at === null ? null : toRfc3339(at)}::timestamptz`;

/** False when the operator has another with that ref. */
export async function insertProgramme(db: Queryable, p: Programme): Promise<boolean> {
  const rows = await db.query(sql`
    INSERT INTO programmes (id, network_id, operator_id, kind, ref, name, description, unlocked_by, version, created_at, updated_at)
    VALUES (${p.id}, ${p.networkId}, ${p.operatorId}, ${p.kind}, ${p.ref}, ${p.name}, ${p.description}, ${p.unlockedBy}::text[], ${p.version}, ${instant(p.createdAt)},
      ${instant(p.updatedAt)})
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length === 1;
}

/** The row must be locked. */
export async function updateProgramme(db: Queryable, p: Programme): Promise<void> {
  await db.query(sql`
    UPDATE programmes SET name = ${p.name}, description = ${p.description}, unlocked_by = ${p.unlockedBy}::text[], version = ${p.version}, updated_at = ${instant(p.updatedAt)},
      retired_at = ${instant(p.retiredAt)}
    WHERE id = ${p.id}`);
}

export async function findProgramme(db: Queryable, id: string): Promise<Programme | undefined> {
  return (await db.query<Programme>(sql`SELECT ${PROGRAMME} FROM programmes WHERE id = ${id}`))[0];
}

export async function findProgrammes(db: Queryable, ids: readonly string[]): Promise<Programme[]> {
  return db.query(sql`SELECT ${PROGRAMME} FROM programmes WHERE id = ANY(${[...ids]}::text[]) ORDER BY id`);
}

export async function lockProgramme(db: Queryable, id: string): Promise<Programme | undefined> {
  return (await db.query<Programme>(sql`SELECT ${PROGRAMME} FROM programmes WHERE id = ${id} FOR UPDATE`))[0];
}

/** Newest first; without an operator, those of all in the network. */
export async function listProgrammes(
  db: Queryable, of: { networkId: string; operatorId?: string; after?: string; before?: string; limit: number },
): Promise<Programme[]> {
  const where = sql`network_id = ${of.networkId} ${of.operatorId === undefined ? sql`` : sql`AND operator_id = ${of.operatorId}`} AND retired_at IS NULL`;
  if (of.before !== undefined) {
    return (await db.query<Programme>(sql`SELECT ${PROGRAMME} FROM programmes WHERE ${where} AND id > ${of.before} ORDER BY id ASC LIMIT ${of.limit}`)).reverse();
  }
  return db.query(sql`SELECT ${PROGRAMME} FROM programmes WHERE ${where} ${of.after === undefined ? sql`` : sql`AND id < ${of.after}`} ORDER BY id DESC LIMIT ${of.limit}`);
}

export async function countProgrammes(db: Queryable, operatorId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM programmes WHERE operator_id = ${operatorId} AND retired_at IS NULL`);
  return row!.count;
}

/** How many of them are new; one whose phone number or member number is there already is not. */
export async function insertMembers(db: Queryable, members: readonly Member[]): Promise<number> {
  const rows = await db.query(sql`
    INSERT INTO programme_members (id, programme_id, phone, member_number, license_plate, created_at)
    SELECT id, "programmeId", phone, "memberNumber", "licensePlate", to_timestamp("createdAt" / 1000.0)
    FROM jsonb_to_recordset(${json(members)}::jsonb)
      AS m (id text, "programmeId" text, phone text, "memberNumber" text, "licensePlate" text, "createdAt" float8)
    ORDER BY id
    ON CONFLICT DO NOTHING RETURNING id`);
  return rows.length;
}

/** The ids of those that were there. */
export async function deleteMembers(
  db: Queryable, programmeId: string, names: { ids: readonly string[]; phones: readonly string[]; memberNumbers: readonly string[] },
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    DELETE FROM programme_members WHERE programme_id = ${programmeId}
      AND (id = ANY(${[...names.ids]}::text[]) OR phone = ANY(${[...names.phones]}::text[]) OR member_number = ANY(${[...names.memberNumbers]}::text[]))
    RETURNING id`);
  return rows.map(({ id }) => id);
}

/** Newest first. */
export async function listMembers(db: Queryable, programmeId: string, page: { after?: string; before?: string; limit: number }): Promise<Member[]> {
  const where = sql`programme_id = ${programmeId}`;
  if (page.before !== undefined) {
    return (await db.query<Member>(sql`SELECT ${MEMBER} FROM programme_members WHERE ${where} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${MEMBER} FROM programme_members WHERE ${where} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}

export async function countMembers(db: Queryable, programmeId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(sql`SELECT count(*)::int AS count FROM programme_members WHERE programme_id = ${programmeId}`);
  return row!.count;
}

/** Nobody removes the member until the transaction ends. */
export async function holdMember(db: Queryable, programmeId: string, name: { phone: string } | { memberNumber: string }): Promise<Member | undefined> {
  const is = 'phone' in name ? sql`phone = ${name.phone}` : sql`member_number = ${name.memberNumber}`;
  return (await db.query<Member>(sql`SELECT ${MEMBER} FROM programme_members WHERE programme_id = ${programmeId} AND ${is} FOR SHARE`))[0];
}

/** Whether the member is there; nobody removes it then until the transaction ends. */
export async function isRegistered(db: Queryable, memberId: string): Promise<boolean> {
  return (await db.query(sql`SELECT 1 AS one FROM programme_members WHERE id = ${memberId} FOR SHARE`)).length === 1;
}
