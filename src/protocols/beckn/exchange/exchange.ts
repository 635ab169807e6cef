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
  /** runs soon, in this process, beside whoever asked for it; what fails is told */
  soon(work: () => Promise<void>): void;
  /** resolves when all that was to run soon has */
  settled(): Promise<void>;
}

export type NewExchange = Omit<Exchange, 'now' | 'soon' | 'settled' | 'pace'> & { now?: () => EpochMs };

/** Most pieces of work at a time that run beside requests. */
const AT_ONCE = 8;

export function createExchange(parts: NewExchange): Exchange {
  const waiting: (() => Promise<void>)[] = [];
  const idle: (() => void)[] = [];
  let running = 0;
  const next = (): void => {
    while (running < AT_ONCE && waiting.length > 0) {
      running += 1;
      void waiting.shift()!().catch(parts.onError).finally(() => {
        running -= 1;
        next();
      });
    }
    if (running === 0) for (const tell of idle.splice(0)) tell();
  };
  return {
    ...parts, pace: new RateLimiterMemory({ points: parts.settings.requestsPerMinute, duration: 60 }),
    now: parts.now ?? processNow,
    soon: (work) => {
      waiting.push(work);
      next();
    },
    settled: () => new Promise((resolve) => {
      idle.push(resolve);
      next();
    }),
  };
}
