import type { PaymentProviderFacts, Runtime } from '../domain/organisations/index.ts';
import { MINUTE_MS, SECOND_MS } from '../platform/clock/index.ts';
import { EXTERNAL_JOB_KINDS } from '../domain/external/index.ts';
import { NOTICE_JOB_KINDS } from '../domain/notices/index.ts';
import { insertRefusals, REFUSAL_NOTES, type Refusal } from '../domain/reservations/index.ts';
import { noticeChannelsOf, SANDBOX_NOTICE } from '../integrations/index.ts';
import type { Config } from '../platform/config/index.ts';
import type { Database } from '../platform/database/index.ts';
import { natsWakeUps, startEventLog } from '../platform/events/index.ts';
import { openJobs } from '../platform/jobs/index.ts';
import { startNotes, type NotesOptions } from '../platform/notes/index.ts';
import { PAYMENT_JOB_KINDS, type Providers } from '../domain/payments/index.ts';
import { REST_JOB_KINDS } from '../protocols/rest/index.ts';

/** Every kind of job that this program knows. */
const JOB_KINDS: readonly string[] = [...REST_JOB_KINDS, ...PAYMENT_JOB_KINDS, ...NOTICE_JOB_KINDS, ...EXTERNAL_JOB_KINDS, SANDBOX_NOTICE];

/** What writes the notes of each kind. */
export const noteWriters = (database: Database): NotesOptions['writers'] => ({
  [REFUSAL_NOTES]: (batch) => insertRefusals(database, batch as Refusal[]),
});

const factsOf = (providers: Providers): PaymentProviderFacts[] => (
  [...providers.values()].map(({ id, mode, methods, canHold, increase }) => ({ id, mode, methods, canHold, canIncrease: increase !== undefined })));

/** Where the runtime tells of what nobody waits for. */
export interface Reports {
  onError(error: Error): void;
  onWarning(text: string): void;
}

export interface RunningRuntime extends Runtime {
  /** where NATS is configured */
  isNatsConnected?(): boolean;
  stop(): Promise<void>;
}

/** Events and jobs on an open database. */
export async function startRuntime(database: Database, config: Config, { onError, onWarning }: Reports, providers: Providers = new Map()): Promise<RunningRuntime> {
  const nats = config.NATS_URL === undefined ? undefined : await natsWakeUps(database, config.NATS_URL, (isConnected, reason) => {
    onWarning(isConnected ? 'NATS is connected again' : `NATS can't be used, so other processes are heard up to a second later: ${reason}`);
  });
  const events = await orStop(startEventLog(database, onError, nats), async () => nats?.stop());
  const jobs = await orStop(openJobs(database, { kinds: JOB_KINDS, postgresUrl: config.DATABASE_URL, onError }), () => events.stop());
  const notes = startNotes({ writers: noteWriters(database), onError });
  return {
    database, events, jobs, notes, isNatsConnected: nats?.isConnected,
    settings: {
      assignLeadMs: config.PLUGTIME_ASSIGN_LEAD_MINUTES * MINUTE_MS, providers: factsOf(providers), allowOpenStations: config.PLUGTIME_OCPP_ALLOW_UNAUTHENTICATED,
      stationAwayMs: config.PLUGTIME_OCPP_AWAY_MINUTES * MINUTE_MS, faultMs: config.PLUGTIME_FAULT_MINUTES * MINUTE_MS,
      armLeadMs: config.PLUGTIME_ARM_LEAD_SECONDS * SECOND_MS,
      startWithinMs: config.PLUGTIME_START_WITHIN_SECONDS * SECOND_MS,
      adjustsStations: config.PLUGTIME_ADJUST_STATIONS,
      noticeChannels: noticeChannelsOf(config), startOtpMs: config.PLUGTIME_START_OTP_MINUTES === 0 ? null : config.PLUGTIME_START_OTP_MINUTES * MINUTE_MS,
    },
    stop: async () => {
      await jobs.stop();
      await notes.stop();
      await events.stop();
    },
  };
}

/** What was started before goes again when this does not start: its timers and sockets would keep the process. */
async function orStop<T>(starting: Promise<T>, stop: () => Promise<void>): Promise<T> {
  return starting.catch(async (error: Error) => {
    await stop();
    throw error;
  });
}
