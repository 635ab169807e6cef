/** What every use case is given: its transaction, its time, its caller and the network that all of it happens in. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Database, Transaction } from '../../platform/database/index.ts';
import { appendEvents, type EventLog, type NewEvent } from '../../platform/events/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import type { Jobs } from '../../platform/jobs/index.ts';
import type { Notes } from '../../platform/notes/index.ts';
import type { Scope } from './scopes.ts';
import { findNetworkTime } from './store-network-time.ts';

export interface KeyActor {
  kind: 'key';
  keyId: string;
  organisationId: string;
  roles: readonly ('operator' | 'provider')[];
  scopes: readonly Scope[];
  /** set for a driver's own key */
  driverId?: string;
}

export type Actor = { kind: 'public' } | { kind: 'system' } | KeyActor;

export interface Network {
  id: string;
  mode: 'live' | 'sandbox';
}

export interface Context {
  tx: Transaction;
  /** the database's time when the transaction began, moved by the network's test clock */
  now: EpochMs;
  network: Network;
  actor: Actor;
  requestId?: string;
  jobs: Jobs;
  notes: Notes;
  settings: DomainSettings;
  /** appends events of this network, at `now` */
  emit(...events: ContextEvent[]): Promise<void>;
  /** the same transaction at another time or with another actor (the sweeper that runs while a test clock moves) */
  as(change: { now?: EpochMs; actor?: Actor }): Context;
}

export type ContextEvent = Omit<NewEvent, 'networkId' | 'occurredAt' | 'requestId'>;

/** What of the platform a use case needs to run. */
export interface Runtime {
  database: Database;
  events: EventLog;
  jobs: Jobs;
  notes: Notes;
  settings: DomainSettings;
}

/** What of the configuration the rules of the network depend on. */
export interface DomainSettings {
  /** how long before its earliest start a flexible reservation is decided */
  assignLeadMs: number;
  /** whether stations of live networks may connect without any proof */
  allowOpenStations: boolean;
  /** how long a station may be away before its EVSEs show `UNKNOWN` */
  stationAwayMs: number;
  /** how long a station says that an EVSE does not work before that is an outage */
  faultMs: number;
  /** how long before a slot its station is told to keep it */
  armLeadMs: number;
  /** how long a station has to begin what it was asked for */
  startWithinMs: number;
  /** whether settings of stations that stand against keeping slots are changed */
  adjustsStations: boolean;
  /** by which channels live networks send messages */
  noticeChannels: readonly string[];
  /** how long a password to start charging stands; null: until the slot's end */
  startOtpMs: number | null;
  /** who collects payments outside */
  providers: readonly PaymentProviderFacts[];
}

/** What of a payment provider use cases know. */
export interface PaymentProviderFacts {
  id: string;
  /** in which networks its payments may be made */
  mode: Network['mode'];
  /** ways to pay that it offers, and those that can be authorised now and captured later */
  methods: readonly string[];
  canHold: readonly string[];
  canIncrease: boolean;
}


export interface Caller {
  networkId: string;
  actor: Actor;
  requestId?: string;
}

/** Runs one use case in one transaction: state, events and jobs are all committed, or none is. */
export async function inContext<T>(runtime: Runtime, caller: Caller, work: (ctx: Context) => Promise<T>): Promise<T> {
  return runtime.database.transaction(async (tx) => work(await openContext(runtime, caller, tx)));
}

/** The context of a transaction that is already open. */
export async function openContext(runtime: Runtime, caller: Caller, tx: Transaction): Promise<Context> {
  const found = await findNetworkTime(tx, caller.networkId);
  if (!found) throw new DomainError('not_found', `No network has the id "${caller.networkId}".`);
  return contextAt(runtime, caller, tx, found.mode, found.now);
}

export function contextAt(runtime: Runtime, caller: Caller, tx: Transaction, mode: Network['mode'], now: EpochMs): Context {
  const { networkId, actor, requestId } = caller;
  return {
    tx, now, actor, requestId, jobs: runtime.jobs, notes: runtime.notes, settings: runtime.settings,
    network: { id: networkId, mode },
    emit: async (...events) => {
      appendEvents(tx, events.map((event) => ({ ...event, networkId, occurredAt: now, requestId })));
      tx.afterCommit(() => runtime.events.kick());
    },
    as: (change) => contextAt(runtime, { ...caller, actor: change.actor ?? actor }, tx, mode, change.now ?? now),
  };
}

/** The organisation that acts, or undefined for the public and the system. */
export function actingOrganisation(ctx: Pick<Context, 'actor'>): string | undefined {
  return ctx.actor.kind === 'key' ? ctx.actor.organisationId : undefined;
}

/** How the audit log names the caller. */
export function actorName(actor: Actor): string {
  return actor.kind === 'key' ? actor.keyId : actor.kind;
}
