/** BKB-16: tells URLs of apps how charging goes on, by PATCH, every half minute and whenever something happens, until it is over. */
import { processNow, SECOND_MS } from '../../../../platform/clock/index.ts';
import { DomainError } from '../../../../platform/errors/index.ts';
import type { Outbound } from '../../../../platform/outbound/index.ts';
import { inContext, type Context, type Runtime } from '../../../../domain/organisations/index.ts';
import { getReservation } from '../../../../domain/reservations/index.ts';
import { getSession, liveOf, type LiveSession } from '../../../../domain/sessions/index.ts';
import type { Telemetry } from '../../catalogue.ts';
import { formatMoment, type Fields } from '../../wire/index.ts';
import * as store from './store-telemetry.ts';
import { amountOf, SESSION_CONTEXT } from './words.ts';

export const UPDATES_EVERY_MS = 30 * SECOND_MS;
const LOOK_MS = 2 * SECOND_MS;
const AT_ONCE = 20;
const MOST_URLS = 3;
const MOST_FAILURES = 10;

export interface RunningTelemetry extends Telemetry {
  start(): void;
  stop(): Promise<void>;
}

export function createTelemetry(runtime: Runtime, outbound: Outbound, onError: (error: Error) => void): RunningTelemetry {
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  const look = (): void => {
    working ??= tellDue(runtime, outbound).catch(onError).finally(() => (working = undefined));
  };
  return {
    watch: (ctx, listener) => store.insertListener(ctx.tx, listener, { at: processNow(), most: MOST_URLS }),
    hurry: (ctx, reservationId) => store.setDue(ctx.tx, reservationId, processNow()),
    start: () => void (timer = setInterval(look, LOOK_MS)),
    stop: async () => {
      clearInterval(timer);
      await working;
    },
  };
}

async function tellDue(runtime: Runtime, outbound: Outbound): Promise<void> {
  const { database } = runtime;
  const now = processNow();
  const due = await store.takeDue(database, { now, nextAt: now + UPDATES_EVERY_MS, limit: AT_ONCE });
  for (const listener of due) {
    const told = await inContext(runtime, { networkId: listener.networkId, actor: { kind: 'system' } }, (ctx) => updateFor(ctx, listener.reservationId));
    if (told.update) {
      const answer = await outbound.call(listener.url, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify(told.update) });
      const failed = 'failure' in answer || answer.status >= 400;
      if (failed && listener.failures + 1 < MOST_FAILURES) {
        await store.setFailures(database, listener, listener.failures + 1);
        continue; // what was the last is tried again, too
      }
      if (!failed && listener.failures > 0) await store.setFailures(database, listener, 0);
      if (failed) await store.deleteListener(database, listener);
    }
    if (told.isLast) await store.deleteListener(database, listener);
  }
}

async function updateFor(ctx: Context, reservationId: string): Promise<{ update?: Fields; isLast: boolean }> {
  try {
    const { sessionId, status } = await getReservation(ctx, reservationId);
    if (sessionId === null) return { isLast: status !== 'pending' && status !== 'confirmed' };
    const session = await getSession(ctx, sessionId);
    if (session.status === 'created') return { isLast: false };
    return { update: updateOf(await liveOf(ctx, session), ctx.now), isLast: session.status === 'ended' || session.status === 'cancelled' };
  } catch (error) {
    if (error instanceof DomainError) return { isLast: true };
    throw error;
  }
}

/** As the seed suggests, after OCPI's session. */
export function updateOf({ session, energyWh, powerW, currentA, voltageV, socPercent, costMinor, currency, readAt }: LiveSession, now: number): Fields {
  const metric = (type: string, value: number | null, unit: string): Fields[] => (value === null ? [] : [{
    '@type': 'ev:ChargingMetric', 'ev:metricType': type, 'schema:value': value, 'schema:unitCode': unit,
  }]);
  const cost = session.cost ? { totalMinor: BigInt(session.cost.totalMinor), currency: session.cost.currency } : costMinor === null || currency === null ? undefined
    : { totalMinor: costMinor, currency };
  return {
    '@context': SESSION_CONTEXT, '@type': 'ev:ChargingSessionUpdate',
    'ev:energyDelivered': { '@type': 'schema:QuantitativeValue', 'schema:value': energyWh / 1_000, 'schema:unitCode': 'KWH' },
    'beckn:status': session.status === 'ended' ? 'COMPLETED' : session.isInterrupted ? 'CONNECTION-INTERRUPTED' : 'ACTIVE',
      ...(cost ? { 'schema:priceCurrency': cost.currency } : {}),
    'ev:chargingPeriods': [{
      '@type': 'ev:ChargingPeriod', 'schema:startTime': formatMoment(session.startedAt),
      'ev:metrics': [
        ...metric('ENERGY', energyWh / 1_000, 'KWH'), ...metric('POWER', powerW === null ? null : powerW / 1_000, 'KW'), ...metric('CURRENT', currentA, 'AMP'),
        ...metric('VOLTAGE', voltageV, 'VLT'), ...metric('STATE_OF_CHARGE', socPercent, 'P1'),
      ],
    }],
    ...(cost ? { 'beckn:totalCost': { '@type': 'schema:PriceSpecification', 'beckn:includingTax': {
      'schema:price': amountOf(cost.totalMinor, cost.currency), 'schema:priceCurrency': cost.currency } } } : {}),
    'schema:dateModified': formatMoment(readAt ?? now),
  };
}
