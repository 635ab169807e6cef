/** Energy: what flows through a connector, up to when it was counted, and what the meter shows of it. */
import { demandW, isFull, LEAST_AC_A, packVoltageV, take } from './car.ts';
import type { ChargingState, Connector, Station, Transaction } from './model.ts';
import { limitW, type Circuit } from './profiles.ts';

const STEP_MS = 5_000;

/** what its clock shows */
export function stationTime({ clock, clockOffsetMs, faults }: Station): number {
  return clock.now() + clockOffsetMs + (faults.clockOffsetMs ?? 0);
}

export const iso = (at: number): string => new Date(at).toISOString();
export const timestampOf = (station: Station): string => iso(stationTime(station));

/** What the meter's register shows, in whole watt-hours. */
export const registerWh = ({ trueWh, registerBaseWh }: Connector): number => Math.round(trueWh - registerBaseWh);

/** What profiles are set for: connectors in 1.6, EVSEs in 2.x. */
export const outletOf = (station: Station, connector: Connector): number => (station.protocol === 'ocpp1.6' ? connector.number : connector.evseId);

export function circuitOf({ supply, voltageV, phases, car }: Connector): Circuit {
  if (supply === 'DC') return { voltageV: car ? packVoltageV(car) : 400, phases: 1 };
  return { voltageV, phases: Math.min(phases, car?.acPhases ?? phases) };
}

/** The limit of profiles at an outlet, in watts. They speak of the station's time. */
export function profileLimitW(station: Station, connector: Connector, at: number): number {
  if (station.faults.ignoresProfiles) return Infinity;
  const shift = stationTime(station) - station.clock.now();
  const startedAt = (connector.transaction?.startedAt ?? at) + shift;
  return limitW(station.profiles, outletOf(station, connector), at + shift, startedAt, circuitOf(connector));
}

function powerAt(station: Station, connector: Connector, at: number): number {
  const { car, transaction, supply, maxPowerW, flowingSince } = connector;
  if (!car || !transaction || flowingSince === undefined || chargingState(station, connector, at) !== 'Charging') return 0;
  return Math.min(demandW(car, supply, at - flowingSince), maxPowerW, profileLimitW(station, connector, at));
}

/** What the car and the station are about, with or without energy flowing this very second. */
export function chargingState(station: Station, connector: Connector, at: number): ChargingState {
  const { car, transaction, supply, fault } = connector;
  if (!transaction || !car) return 'Idle';
  if (!transaction.isAuthorised || fault !== undefined) return 'EVConnected';
  if (isFull(car)) return 'SuspendedEV';
  const { voltageV, phases } = circuitOf(connector);
  const least = supply === 'AC' ? LEAST_AC_A * voltageV * phases : 1;
  return profileLimitW(station, connector, at) < least ? 'SuspendedEVSE' : 'Charging';
}

/** Counts what has flowed until now. */
export function count(station: Station, connector: Connector): void {
  const now = station.clock.now();
  while (connector.countedAt < now) {
    const step = Math.min(STEP_MS, now - connector.countedAt);
    const { car, supply } = connector;
    const isFlowing = station.isPowered && car !== undefined && connector.transaction !== undefined && chargingState(station, connector, connector.countedAt) === 'Charging';
    connector.flowingSince = isFlowing ? connector.flowingSince ?? connector.countedAt : undefined;
    if (!isFlowing) {
      connector.powerW = 0;
      connector.countedAt = connector.transaction ? connector.countedAt + step : now; // a profile may let it go on
      continue;
    }
    connector.powerW = powerAt(station, connector, connector.countedAt + step / 2);
    const takenWh = take(car, (connector.powerW * step) / 3_600_000, supply);
    connector.trueWh += takenWh;
    connector.countedAt += step;
  }
}

export interface Sample {
  measurand: string;
  value: string;
  unit?: string;
  phase?: string;
}

/** What the meter shows now, of the measurands that are wanted. */
export function samples(station: Station, connector: Connector, wanted: string): Sample[] {
  count(station, connector);
  const { supply, powerW, car } = connector;
  const { voltageV, phases } = circuitOf(connector);
  const lines = supply === 'AC' && phases > 1 ? ['L1', 'L2', 'L3'].slice(0, phases) : [undefined];
  const currentA = (powerW / voltageV / (supply === 'AC' ? phases : 1)).toFixed(1);
  const all: Record<string, Sample[]> = {
    'Energy.Active.Import.Register': [{ measurand: 'Energy.Active.Import.Register', value: String(registerWh(connector)), unit: 'Wh' }],
    'Power.Active.Import': [{ measurand: 'Power.Active.Import', value: powerW.toFixed(0), unit: 'W' }],
    'Current.Import': lines.map((phase) => ({ measurand: 'Current.Import', value: currentA, unit: 'A', phase })),
    Voltage: lines.map((phase) => ({ measurand: 'Voltage', value: voltageV.toFixed(1), unit: 'V', phase: phase && `${phase}-N` })),
    // over AC a car does not tell
    SoC: car && supply === 'DC' ? [{ measurand: 'SoC', value: String(Math.floor(car.soc)), unit: 'Percent' }] : [],
  };
  return wanted.split(',').flatMap((name) => all[name.trim()] ?? []);
}

/** What is true of a transaction by the station's own meter, in watt-hours. */
export function trueEnergyWh(transaction: Transaction): number {
  return (transaction.trueStopWh ?? transaction.connector.trueWh) - transaction.trueStartWh;
}
