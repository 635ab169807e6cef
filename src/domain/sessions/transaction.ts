import type { EpochMs } from '../../platform/clock/index.ts';

/** What the vehicle does, in OCPP 2.x's words. */
export type ChargingState = 'charging' | 'ev_connected' | 'suspended_ev' | 'suspended_evse' | 'idle';

/** What a station's meter showed at one instant; what it did not tell is null. */
export interface Reading {
  at: EpochMs;
  /** the register: all that has ever flowed */
  energyWh: number | null;
  powerW: number | null;
  currentA: number | null;
  voltageV: number | null;
  socPercent: number | null;
  chargingState: ChargingState | null;
  /** signed values, as they came */
  signed: unknown;
}

/** A transaction as its station tells it, whatever became of it. */
export interface ChargingTransaction {
  /** ours, which is also its name in OCPP 1.6 */
  number: number;
  stationId: string;
  /** as the station knows it */
  ref: string;
  networkId: string;
  evseId: string | null;
  connectorId: string | null;
  /** by the station's own numbers: 0 and through the station in 1.6 */
  evseNumber: number;
  connectorNumber: number;
  sessionId: string | null;
  tokenUid: string | null;
  /** why no session came of it */
  refusal: string | null;
  /** added to the times that its station tells */
  clockOffsetMs: number;
  startedAt: EpochMs;
  meterStartWh: number | null;
  endedAt: EpochMs | null;
  meterStopWh: number | null;
  stopReason: string | null;
  /** the newest that was told of it */
  energyWh: number | null;
  powerW: number | null;
  currentA: number | null;
  voltageV: number | null;
  socPercent: number | null;
  chargingState: ChargingState | null;
  readAt: EpochMs | null;
  /** the register from which on its session's limits are to be looked at */
  checkEnergyWh: number | null;
  createdAt: EpochMs;
}
