/** For the tests of webhooks: a real database with two organisations in a network, and real HTTP receivers. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  createNetwork, createOrganisation, inContext, SCOPES, type Actor, type Context, type ContextEvent, type Runtime, type Scope,
} from '../../src/domain/organisations/index.ts';
import { startEventLog } from '../../src/platform/events/index.ts';
import { openJobs, type EnqueueOptions } from '../../src/platform/jobs/index.ts';
import { startNotes } from '../../src/platform/notes/index.ts';
import { createOutbound, type Outbound } from '../../src/platform/outbound/index.ts';
import type { EncodeEvent } from '../../src/protocols/rest/webhooks/encode.ts';
import { DELIVER, WEBHOOK_JOB_KINDS } from '../../src/protocols/rest/webhooks/enqueue.ts';
import { ensureReader } from '../../src/protocols/rest/webhooks/store-deliveries.ts';
import { openTestEmbedded, type TestDatabase } from './databases.ts';

export interface WebhookBed {
  runtime: Runtime;
  outbound: Outbound;
  networkId: string;
  ours: string;
  theirs: string;
  /** jobs that were enqueued, in order; those of transactions that were rolled back too */
  enqueued: { kind: string; payload: object; options: EnqueueOptions }[];
  /** what the platform reported */
  errors: Error[];
  /** runs as an organisation's key */
  as<T>(organisationId: string, work: (ctx: Context) => Promise<T>, scopes?: readonly Scope[]): Promise<T>;
  run<T>(actor: Actor, work: (ctx: Context) => Promise<T>): Promise<T>;
  /** appends events as the system does, and waits until they have their positions */
  happen(...events: Partial<ContextEvent>[]): Promise<void>;
  /** as if nothing had happened yet */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export const keyActor = (organisationId: string, scopes: readonly Scope[] = SCOPES, driverId?: string): Actor => ({
  kind: 'key', keyId: 'key_of_a_test', organisationId, roles: ['operator', 'provider'], scopes, ...(driverId === undefined ? {} : { driverId }),
});

export async function openWebhookBed(open: () => Promise<TestDatabase> = openTestEmbedded): Promise<WebhookBed> {
  const { database, url, close } = await open();
  const errors: Error[] = [];
  const onError = (error: Error) => void errors.push(error);
  const events = await startEventLog(database, onError);
  const notes = startNotes({ writers: {}, onError });
  const jobs = await openJobs(database, { kinds: WEBHOOK_JOB_KINDS, postgresUrl: url, onError });
  const enqueued: WebhookBed['enqueued'] = [];
  const runtime: Runtime = {
    database, events, notes, settings: { assignLeadMs: 30 * 60_000, providers: [], allowOpenStations: false, stationAwayMs: 300_000, faultMs: 300_000, armLeadMs: 60_000,
      startWithinMs: 120_000, adjustsStations: false, noticeChannels: [], startOtpMs: null },
    jobs: {
      ...jobs,
      enqueue: async (tx, kind, payload, options) => {
        enqueued.push({ kind, payload, options });
        await jobs.enqueue(tx, kind, payload, options);
      },
    },
  };
  const { id: networkId } = await createNetwork(database, 'Test', 'sandbox');
  const run: WebhookBed['run'] = (actor, work) => inContext(runtime, { networkId, actor }, work);
  const newOrganisation = async (slug: string): Promise<string> => {
    const input = { slug, name: slug, roles: ['operator' as const, 'provider' as const] };
    return (await run({ kind: 'system' }, (ctx) => createOrganisation(ctx, input))).id;
  };
  await ensureReader(database);
  const outbound = createOutbound({ allowPrivate: true, timeoutMs: 2_000, maxResponseBytes: 10_000 });
  return {
    runtime, outbound, networkId, errors, enqueued, run,
    ours: await newOrganisation('ours'),
    theirs: await newOrganisation('theirs'),
    as: (organisationId, work, scopes) => run(keyActor(organisationId, scopes), work),
    happen: async (...happened) => {
      await run({ kind: 'system' }, (ctx) => ctx.emit(...happened.map((event) => ({ ...ANY_EVENT, ...event }))));
      await events.settled();
    },
    close: async () => {
      await jobs.stop();
      await notes.stop();
      await events.stop();
      await outbound.close();
      await close();
    },
    clear: async () => {
      await events.settled();
      await database.script(`
        DELETE FROM jobs.job WHERE name = '${DELIVER}'; DELETE FROM webhook_deliveries; DELETE FROM webhook_endpoints; DELETE FROM audit_log;
        UPDATE event_readers SET position = (SELECT position FROM event_sequencer);`);
      enqueued.length = 0;
    },
  };
}

const ANY_EVENT: ContextEvent = {
  type: 'reservation.confirmed', object: 'reservation', objectId: 'res_of_a_test', objectVersion: 1, isPublic: false, audience: [], touches: [],
  data: { note: 'ü😀' },
};

/** The body in the form that Standard Webhooks recommends. */
export const encodeForTest: EncodeEvent = (event) => ({ type: event.type, timestamp: new Date(event.occurredAt).toISOString(), data: event.data });

export interface Receiver {
  url: string;
  received: { headers: IncomingHttpHeaders; body: string; bytes: Buffer }[];
  /** what it answers from now on */
  answer: { status: number; body?: string | Buffer; headers?: Record<string, string> };
  close(): Promise<void>;
}

/** An HTTP server on this machine that remembers what it was sent. */
export async function openReceiver(): Promise<Receiver> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      receiver.received.push({ headers: request.headers, body: bytes.toString('utf8'), bytes });
      response.writeHead(receiver.answer.status, receiver.answer.headers).end(receiver.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, received: [], answer: { status: 204 },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
  return receiver;
}
