import type { EpochMs } from '../clock/index.ts';
import { json, sql, type Transaction } from '../database/index.ts';
import { newId } from '../ids/index.ts';

export interface NewEvent {
  networkId: string;
  /** `reservation.confirmed` for example */
  type: string;
  /** what the event is about: `reservation` and so on */
  object: string;
  objectId: string;
  /** the object's version after the change; an object's events are read in the order of their versions */
  objectVersion: number;
  /** everybody in the network may read it (a station), besides the audience */
  isPublic: boolean;
  /** the organisations that may read it */
  audience: string[];
  /** ids of EVSEs whose calendar or status changed with it, and of locations that did; search follows these */
  touches: string[];
  /** the object as it is after the change */
  data: unknown;
  requestId?: string;
  occurredAt: EpochMs;
}

/** Appends events in the transaction of the change they tell of, so that both are there or neither is. */
export function appendEvents(tx: Transaction, events: readonly NewEvent[]): void {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ ...event, id: newId('event'), occurredAt: new Date(event.occurredAt).toISOString() }));
  tx.send(sql`
    INSERT INTO events (id, network_id, type, object, object_id, object_version, is_public, audience, touches, data, request_id, occurred_at)
    SELECT e->>'id', e->>'networkId', e->>'type', e->>'object', e->>'objectId', (e->>'objectVersion')::int, (e->>'isPublic')::boolean,
           ARRAY(SELECT jsonb_array_elements_text(e->'audience')), ARRAY(SELECT jsonb_array_elements_text(e->'touches')),
           e->'data', e->>'requestId', (e->>'occurredAt')::timestamptz
    FROM jsonb_array_elements(${json(rows)}::jsonb) WITH ORDINALITY AS t(e, n) ORDER BY n`);
}
