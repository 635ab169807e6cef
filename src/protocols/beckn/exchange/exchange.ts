/** What an exchange of messages runs on: who we are, whom we can ask, where messages go. */
import type { KeyObject } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Runtime } from '../../../domain/organisations/index.ts';
import { processNow, type EpochMs } from '../../../platform/clock/index.ts';
import type { Outbound } from '../../../platform/outbound/index.ts';
import type { Directory } from '../registry/index.ts';
import type { SigningIdentity } from '../signing/index.ts';
import type { CandidateForm } from '../wire/index.ts';
import type { HandlerTable } from './handler.ts';
import { inBatches } from './in-batches.ts';
import { createLane, type Lane } from './lane.ts';
import { insertReceived, type NewReceived } from './store.ts';
import { recordDelivered, type Delivered } from './store-sent.ts';

/** Another program signs, verifies and delivers: a Protocol Server or ONIX. */
export interface AdapterSettings {
  /** its client's URL: what we send goes there, with the action behind */
  url: string;
  /** what its webhook's path must hold, so that nobody else can post there */
  webhookToken: string;
}

export interface BecknSettings {
  networkId: string;
  /** ours, as the registry has it */
  subscriberId: string;
  /** where others reach us, with `/beckn` */
  url(): string;
  /** what the code at a plug says; undefined where none can be printed */
  startAddress?(connectorId: string): string;
  skewSeconds: number;
  bodyLimitBytes: number;
  candidateForm: CandidateForm;
  /** requests of one subscriber, in this process */
  requestsPerMinute: number;
  /** undefined behind an adapter */
  identity?: SigningIdentity;
  adapter?: AdapterSettings;
  /** for the registry's challenge */
  encryptionKey?: KeyObject;
  registryEncryptionKey?: KeyObject;
  /** what it signs its challenges with, where that is known */
  registrySigningKey?: KeyObject;
}

export interface Exchange {
  runtime: Runtime;
  settings: BecknSettings;
  directory: Directory;
  handlers: HandlerTable;
  /** for URLs of other subscribers: public addresses only, unless configured */
  outbound: Outbound;
  /** for the URL of the adapter, which the configuration names */
  adapterOutbound: Outbound;
  onError(error: Error): void;
  /** counts the requests of each subscriber */
  pace: RateLimiterMemory;
  /** real time */
  now: () => EpochMs;
  /** waits between attempts to deliver, in place of the usual ones, for tests */
  retryDelaysMs?: readonly number[];
  /** messages that are answered beside requests, by their ids */
  answering: Lane;
  /** messages that are delivered, by their ids: beside the others, since receivers may be slow */
  delivering: Lane;
  /** writes a message down, with others that come meanwhile; false when it is there already */
  keep(message: NewReceived): Promise<boolean>;
  /** writes down that messages were delivered, with others that are meanwhile */
  recordDelivered(delivered: Delivered): Promise<void>;
  /** resolves when all that was to be answered and delivered at once has been */
  settled(): Promise<void>;
}

/** What an exchange makes itself. */
type Made = 'now' | 'answering' | 'delivering' | 'keep' | 'recordDelivered' | 'settled' | 'pace';
export type NewExchange = Omit<Exchange, Made> & { now?: () => EpochMs };

/** Most messages at a time that are answered: no more than find a connection to the database. */
const ANSWERED_AT_ONCE = 8;
const DELIVERED_AT_ONCE = 64;

export function createExchange(parts: NewExchange): Exchange {
  const { runtime: { database }, onError } = parts;
  const [answering, delivering] = [createLane(ANSWERED_AT_ONCE, onError), createLane(DELIVERED_AT_ONCE, onError)];
  return {
    ...parts, answering, delivering, now: parts.now ?? processNow, pace: new RateLimiterMemory({ points: parts.settings.requestsPerMinute, duration: 60 }),
    keep: inBatches((messages: readonly NewReceived[]) => insertReceived(database, messages)),
    recordDelivered: inBatches((messages: readonly Delivered[]) => recordDelivered(database, messages)),
    settled: async () => {
      await answering.settled();
      await delivering.settled();
    },
  };
}
