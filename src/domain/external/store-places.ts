/** Networks of others, and what was found there. */
import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable, type Transaction } from '../../platform/database/index.ts';
import type { ExternalConnector, ExternalNetwork, ExternalPlace, ExternalSearch } from './place.ts';

const NETWORK = sql`id, network_id AS "networkId", ref, kind, name, settings, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** Adds it, or writes the one with that ref anew. */
export async function putNetwork(db: Queryable, n: ExternalNetwork): Promise<ExternalNetwork> {
  const [row] = await db.query<ExternalNetwork>(sql`
    INSERT INTO external_networks (id, network_id, ref, kind, name, settings, created_at, updated_at)
    VALUES (${n.id}, ${n.networkId}, ${n.ref}, ${n.kind}, ${n.name}, ${json(n.settings)}, ${toRfc3339(n.createdAt)}, ${toRfc3339(n.updatedAt)})
    ON CONFLICT (network_id, ref) DO UPDATE SET kind = excluded.kind, name = excluded.name, settings = excluded.settings, updated_at = excluded.updated_at
    RETURNING ${NETWORK}`);
  return row!;
}

export async function findNetwork(db: Queryable, id: string): Promise<ExternalNetwork | undefined> {
  return (await db.query<ExternalNetwork>(sql`SELECT ${NETWORK} FROM external_networks WHERE id = ${id}`))[0];
}

export async function listNetworks(db: Queryable, networkId: string): Promise<ExternalNetwork[]> {
  return db.query(sql`SELECT ${NETWORK} FROM external_networks WHERE network_id = ${networkId} ORDER BY id LIMIT 1000`);
}

type Content = Pick<ExternalPlace, 'operator' | 'name' | 'address' | 'city' | 'country' | 'coordinates' | 'facilities' | 'isGreen'>;
type Row = Omit<ExternalPlace, keyof Content> & { content: Content };
const PLACE = sql`id, network_id AS "networkId", external_network_id AS "externalNetworkId", provider_id AS "providerId", key, content, connectors, route, seen_at AS "seenAt"`;
const read = ({ content, ...row }: Row): ExternalPlace => ({ ...row, ...content });
const contentOf = ({ operator, name, address, city, country, coordinates, facilities, isGreen }: ExternalPlace): Content => ({
  operator, name, address, city, country, coordinates, facilities, isGreen,
});

/** The ids that connectors of it have, so that each keeps its own; the place is locked. */
export async function lockPlace(
  tx: Transaction, of: Pick<ExternalPlace, 'externalNetworkId' | 'providerId' | 'key'>,
): Promise<{ id: string; connectors: ExternalConnector[] } | undefined> {
  return (await tx.query<{ id: string; connectors: ExternalConnector[] }>(sql`
    SELECT id, connectors FROM external_places WHERE external_network_id = ${of.externalNetworkId} AND provider_id = ${of.providerId} AND key = ${of.key} FOR UPDATE`))[0];
}

/** Gives its id: that which it had, where another transaction has just added it. */
export async function putPlace(db: Queryable, p: ExternalPlace): Promise<string> {
  const [row] = await db.query<{ id: string }>(sql`
    INSERT INTO external_places (id, network_id, external_network_id, provider_id, key, content, connectors, route, seen_at)
    VALUES (${p.id}, ${p.networkId}, ${p.externalNetworkId}, ${p.providerId}, ${p.key}, ${json(contentOf(p))}, ${json(p.connectors)}, ${json(p.route)}, ${toRfc3339(p.seenAt)})
    ON CONFLICT (external_network_id, provider_id, key) DO UPDATE SET content = excluded.content, connectors = excluded.connectors, route = excluded.route,
      seen_at = excluded.seen_at
    RETURNING id`);
  return row!.id;
}

export async function findPlaces(db: Queryable, ids: readonly string[]): Promise<ExternalPlace[]> {
  return (await db.query<Row>(sql`SELECT ${PLACE} FROM external_places WHERE id = ANY(${[...ids]}::text[]) ORDER BY id`)).map(read);
}

export async function findPlaceOfConnector(db: Queryable, connectorId: string): Promise<ExternalPlace | undefined> {
  return (await db.query<Row>(sql`SELECT ${PLACE} FROM external_places WHERE connectors @> ${json([{ id: connectorId }])}::jsonb`)).map(read)[0];
}

const SEARCH = sql`id, network_id AS "networkId", external_network_id AS "externalNetworkId", conversation_id AS "conversationId", answers, found, created_at AS "createdAt"`;

export async function insertSearch(db: Queryable, s: ExternalSearch): Promise<void> {
  await db.query(sql`
    INSERT INTO external_searches (id, network_id, external_network_id, conversation_id, created_at)
    VALUES (${s.id}, ${s.networkId}, ${s.externalNetworkId}, ${s.conversationId}, ${toRfc3339(s.createdAt)})`);
}

export async function findSearch(db: Queryable, id: string): Promise<ExternalSearch | undefined> {
  return (await db.query<ExternalSearch>(sql`SELECT ${SEARCH} FROM external_searches WHERE id = ${id}`))[0];
}

export async function lockSearch(tx: Transaction, networkId: string, conversationId: string): Promise<ExternalSearch | undefined> {
  return (await tx.query<ExternalSearch>(sql`
    SELECT ${SEARCH} FROM external_searches WHERE network_id = ${networkId} AND conversation_id = ${conversationId} FOR UPDATE`))[0];
}

export async function updateSearch(db: Queryable, { id, answers, found }: ExternalSearch): Promise<void> {
  await db.query(sql`UPDATE external_searches SET answers = ${answers}, found = ${json(found)} WHERE id = ${id}`);
}

/** Forgets searches, and places that nobody has told of for long; reservations keep what they need of theirs. */
export async function forgetFound(db: Queryable, before: { searches: EpochMs; places: EpochMs }): Promise<void> {
  await db.query(sql`DELETE FROM external_searches WHERE created_at < ${toRfc3339(before.searches)}`);
  await db.query(sql`DELETE FROM external_places WHERE seen_at < ${toRfc3339(before.places)}`);
}
