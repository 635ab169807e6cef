/** What the stations know of a day, and what the network does. */
import { sql, type Database } from '../../src/platform/database/index.ts';
import type { VirtualStation } from '../../src/simulator/index.ts';

/** A transaction as the network keeps it. */
export interface Told {
  stationId: string;
  ref: string;
  refusal: string | null;
  sessionId: string | null;
  status: string | null;
  energyWh: number | null;
  bills: number;
  totalMinor: number | null;
}

/** All that was told to this network. */
export function toldOf(database: Database): Promise<Told[]> {
  return database.query<Told>(sql`
    SELECT t.station_id AS "stationId", t.ref, t.refusal, t.session_id AS "sessionId", s.status, s.energy_wh::float8 AS "energyWh",
      (SELECT count(*)::int FROM bills b WHERE b.session_id = s.id) AS bills, (SELECT max(b.total)::float8 FROM bills b WHERE b.session_id = s.id) AS "totalMinor"
    FROM charging_transactions t LEFT JOIN sessions s ON s.id = t.session_id`);
}

/** What is wrong with it, or what is well. */
type Verdict = 'ok' | 'refused' | 'nobody knows when it ended' | 'never told' | { wrong: string };

export interface Comparison {
  counts: Record<string, number>;
  wrong: string[];
}

/** Of the tariff: minor units a watt-hour. */
const MINOR_PER_WH = 0.05;
/** What rounding of registers may come to. */
const NEAR_WH = 2;

export function compare(stations: readonly VirtualStation[], told: readonly Told[], idOf: (identity: string) => string): Comparison {
  const known = new Map(told.map((one) => [`${one.stationId}/${one.ref}`, one]));
  const comparison: Comparison = { counts: {}, wrong: [] };
  for (const station of stations) {
    for (const one of station.transactions()) {
      const ref = station.protocol === 'ocpp1.6' ? String(one.id) : one.key;
      const verdict = judge(station, one, known.get(`${idOf(station.identity)}/${ref}`));
      const word = typeof verdict === 'string' ? verdict : 'wrong';
      comparison.counts[word] = (comparison.counts[word] ?? 0) + 1;
      if (typeof verdict !== 'string') comparison.wrong.push(`${station.identity} ${ref} ${station.protocol} ${JSON.stringify(station.faults)}: ${verdict.wrong}`);
    }
  }
  return comparison;
}

type True = ReturnType<VirtualStation['transactions']>[number];

function judge({ faults, protocol }: VirtualStation, one: True, row: Told | undefined): Verdict {
  const hasBegun = one.tag !== undefined && one.endedAt !== undefined && (protocol !== 'ocpp1.6' || one.id !== undefined);
  if (!row) return hasBegun ? { wrong: 'nobody has heard of it' } : 'never told';
  if (row.refusal !== null) return 'refused';
  if (row.sessionId === null) return one.tag === undefined ? 'never told' : { wrong: 'no session came of it' };
  if (row.status !== 'ended') return faults.offlineTransactionId !== undefined && one.wasOfflineAtStart ? 'nobody knows when it ended' : { wrong: `it is ${row.status}` };
  if (row.bills !== 1) return { wrong: `it has ${row.bills} bills` };
  const saidWh = one.meterStopWh === undefined ? one.energyWh : one.meterStopWh - one.meterStartWh;
  // a register that was reset, and an end that was told without its meter, say less than is true, and less than was read on the way
  const wasReset = saidWh < 0 || (faults.meterForgets === true && saidWh < one.energyWh - NEAR_WH);
  const saysLess = wasReset || faults.hidesOffline === true;
  const least = wasReset ? Math.max(saidWh, 0) - NEAR_WH : 0;
  const isRight = saysLess ? row.energyWh! >= least && row.energyWh! <= one.energyWh + NEAR_WH : Math.abs(row.energyWh! - saidWh) <= NEAR_WH;
  if (!isRight) return { wrong: `${row.energyWh} Wh instead of ${saidWh}` };
  return Math.abs(row.totalMinor! - row.energyWh! * MINOR_PER_WH) > 1 ? { wrong: `${row.totalMinor} for ${row.energyWh} Wh` } : 'ok';
}
