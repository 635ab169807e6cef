import type { EpochMs } from '../clock/index.ts';
import { sql, type Queryable, type Sql } from '../database/index.ts';

export interface StoredEvent {
  id: string;
  /** place in the one order of all events; grows without gaps */
  position: number;
  networkId: string;
  type: string;
  object: string;
  objectId: string;
  objectVersion: number;
  isPublic: boolean;
  audience: string[];
  touches: string[];
  data: Record<string, unknown>;
  requestId: string | null;
  occurredAt: EpochMs;
}

/** What a reader may and wants to see. */
export interface EventFilter {
  networkId?: string;
  /** events for these organisations and public ones; without it, all events (our own readers) */
  organisationId?: string;
  /** of these types; one that ends in `.*` stands for all that begin so */
  types?: readonly string[];
  /** only what is public or about this driver */
  driverId?: string;
  objectId?: string;
}

const COLUMNS = sql`id, position::float8 AS "position", network_id AS "networkId", type, object, object_id AS "objectId", object_version AS "objectVersion",
  is_public AS "isPublic", audience, touches, data, request_id AS "requestId", occurred_at AS "occurredAt"`;

/**
 * Events in the order of their positions, from after a position (or backwards from before one). The order is that of the table's column,
 * which has an index, and not of the number that is answered under the same name.
 */
export async function readEvents(
  db: Queryable,
  range: { after?: number; before?: number; limit: number; newestFirst?: boolean },
  filter: EventFilter = {},
): Promise<StoredEvent[]> {
  const order = range.newestFirst ? sql`DESC` : sql`ASC`;
  return db.query<StoredEvent>(sql`
    SELECT ${COLUMNS} FROM events
    WHERE position > ${range.after ?? 0} ${range.before === undefined ? sql`` : sql`AND position < ${range.before}`} ${conditions(filter)}
    ORDER BY events.position ${order} LIMIT ${range.limit}`);
}

export async function findEvent(db: Queryable, id: string, filter: EventFilter = {}): Promise<StoredEvent | undefined> {
  const [event] = await db.query<StoredEvent>(sql`SELECT ${COLUMNS} FROM events WHERE id = ${id} AND position IS NOT NULL ${conditions(filter)}`);
  return event;
}

/** The position of the newest event that has one. */
export async function lastPosition(db: Queryable): Promise<number> {
  const [row] = await db.query<{ position: bigint }>(sql`SELECT position FROM event_sequencer`);
  return Number(row!.position);
}

function conditions(filter: EventFilter): Sql {
  return sql`
    ${filter.networkId === undefined ? sql`` : sql`AND network_id = ${filter.networkId}`}
    ${filter.organisationId === undefined ? sql`` : sql`AND (is_public OR audience @> ARRAY[${filter.organisationId}]::text[])`}
    ${filter.types === undefined ? sql`` : sql`AND type LIKE ANY(${filter.types.map(likePattern)}::text[])`}
    ${filter.driverId === undefined ? sql`` : sql`AND (is_public OR data->>'driverId' = ${filter.driverId} OR (object = 'driver' AND object_id = ${filter.driverId}))`}
    ${filter.objectId === undefined ? sql`` : sql`AND object_id = ${filter.objectId}`}`;
}

function likePattern(type: string): string {
  const escaped = type.replaceAll(/[\\%_]/g, '\\$&');
  return type === '*' ? '%' : escaped.endsWith('.*') ? `${escaped.slice(0, -1)}%` : escaped;
}
