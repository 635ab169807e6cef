/** What was metered in the periods and dimensions of OCPI 2.2.1 (mod_cdrs, CdrDimensionType). */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import type { MeteredInterval } from '../pricing/index.ts';
import { intervalsOf } from './bill.ts';
import { isRunning, type Session } from './session.ts';
import { listReadings } from './store-readings.ts';
import { findOfSession } from './store-transactions.ts';

/** In kWh, hours, hours, kW and percent. */
export type Dimension = 'ENERGY' | 'TIME' | 'PARKING_TIME' | 'POWER' | 'STATE_OF_CHARGE';

export interface ChargingPeriod {
  start: EpochMs;
  dimensions: { type: Dimension; volume: number }[];
}

/** Readings that come every few seconds make no period each. */
const LONGEST_MS = 15 * MINUTE_MS;

/** What was metered of a session until now, or its end. Whoever calls has made sure that the caller may see it. */
export async function chargingPeriodsOf(ctx: Context, session: Session): Promise<ChargingPeriod[]> {
  if (session.status === 'created' || session.status === 'cancelled') return [];
  const until = isRunning(session) ? await knownUntil(ctx, session) : session.endedAt!;
  if (until <= session.startedAt) return [];
  const socs = (await listReadings(ctx.tx, session.id)).flatMap(({ at, socPercent }) => (socPercent === null ? [] : [{ at, socPercent }]));
  return periodsOf(await intervalsOf(ctx, session, until), socs);
}

/** Of a session that goes on: until its newest reading. In a sandbox session nothing is read before its end. */
async function knownUntil(ctx: Context, session: Session): Promise<EpochMs> {
  return session.type === 'sandbox' ? session.startedAt : (await findOfSession(ctx.tx, session.id))?.readAt ?? session.startedAt;
}

/** Pure. */
export function periodsOf(intervals: readonly MeteredInterval[], socs: readonly { at: EpochMs; socPercent: number }[]): ChargingPeriod[] {
  const groups: MeteredInterval[][] = [];
  for (const interval of intervals) {
    const group = groups.at(-1);
    const fits = group !== undefined && group[0]!.state === interval.state && interval.end - group[0]!.start <= LONGEST_MS;
    if (fits) group.push(interval);
    else groups.push([interval]);
  }
  return groups.map((group): ChargingPeriod => {
    const [start, end] = [group[0]!.start, group.at(-1)!.end];
    const hours = (end - start) / HOUR_MS;
    const kWh = group.reduce((sum, { energyWh }) => sum + energyWh.valueOf(), 0) / 1_000;
    const soc = socs.findLast(({ at }) => at > start && at <= end);
    const what: ChargingPeriod['dimensions'] = group[0]!.state === 'charging'
      ? [{ type: 'ENERGY', volume: kWh }, { type: 'TIME', volume: hours }, { type: 'POWER', volume: kWh / hours }] : [{ type: 'PARKING_TIME', volume: hours }];
    const dimensions: ChargingPeriod['dimensions'] = soc ? [...what, { type: 'STATE_OF_CHARGE', volume: soc.socPercent }] : what;
    return { start, dimensions: dimensions.map(({ type, volume }) => ({ type, volume: Math.round(volume * 1e4) / 1e4 })) };
  });
}
