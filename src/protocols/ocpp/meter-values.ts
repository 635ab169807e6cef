/** Meter values of each version as readings. What is no number, or can't be, is left out: a station would repeat it for ever else. */
import type { ChargingState, IncomingReading } from '../../domain/sessions/index.ts';
import type { Sender } from './message.ts';

interface SampledValue16 {
  value: string;
  context?: string;
  format?: string;
  measurand?: string;
  phase?: string;
  unit?: string;
}

interface SampledValue2 {
  value: number;
  context?: string;
  measurand?: string;
  phase?: string;
  unitOfMeasure?: { unit?: string; multiplier?: number };
  signedMeterValue?: Record<string, unknown>;
}

export interface MeterValue16 {
  timestamp: string;
  sampledValue: SampledValue16[];
}

export interface MeterValue2 {
  timestamp: string;
  sampledValue: SampledValue2[];
}

/** A sample in no version's words. */
interface Sample {
  measurand: string;
  value: number;
  phase: string | undefined;
  unit: string | undefined;
  signed: unknown;
}

export interface Place {
  ref: string | null;
  evseNumber: number;
  connectorNumber: number;
}

export function readings16({ link }: Sender, place: Place, values: readonly MeterValue16[]): IncomingReading[] {
  return values.map(({ timestamp, sampledValue }, i) => {
    const samples = sampledValue.map(({ value, format, measurand = REGISTER, phase, unit }): Sample => (
      { measurand, value: format === 'SignedData' ? Number.NaN : Number(value), phase, unit, signed: format === 'SignedData' ? { format: '1.6', measurand, value } : null }));
    const context = sampledValue[0]?.context ?? 'Sample.Periodic';
    return readingOf(link, place, `${timestamp}/${context}/${i}`, timestamp, samples);
  });
}

export function readings2({ link }: Sender, place: Place, key: string, values: readonly MeterValue2[], chargingState: ChargingState | null): IncomingReading[] {
  const readings = values.map(({ timestamp, sampledValue }, i) => {
    const samples = sampledValue.map(({ value, measurand = REGISTER, phase, unitOfMeasure: { unit, multiplier = 0 } = {}, signedMeterValue }): Sample => (
      { measurand, value: value * 10 ** multiplier, phase, unit, signed: signedMeterValue ?? null }));
    return readingOf(link, place, `${key}/${i}`, timestamp, samples);
  });
  return readings.map((reading, i) => (i === readings.length - 1 ? { ...reading, chargingState } : reading));
}

/** What a vehicle does, where nothing was read with it. */
export function stateReading({ link }: Pick<Sender, 'link'>, place: Place, key: string, timestamp: string | undefined, chargingState: ChargingState): IncomingReading {
  return { ...readingOf(link, place, key, timestamp, []), chargingState };
}

const REGISTER = 'Energy.Active.Import.Register';
/** No meter shows more: 100 GWh, and what a database's whole numbers hold. */
const MOST_WH = 1e11;
const MOST = 2e9;

function readingOf(link: Sender['link'], place: Place, key: string, timestamp: string | undefined, samples: readonly Sample[]): IncomingReading {
  const saidAt = timestamp === undefined ? Number.NaN : Date.parse(timestamp);
  const signed = samples.flatMap((sample) => (sample.signed === null ? [] : [sample.signed]));
  return {
    stationId: link.stationId, generation: link.generation, ...place, key, saidAt: Number.isNaN(saidAt) ? null : saidAt,
    energyWh: whole(registerOf(samples), MOST_WH), powerW: whole(totalOf(samples, 'Power.Active.Import'), MOST), currentA: within(highestOf(samples, 'Current.Import'), MOST),
    voltageV: within(highestOf(samples, 'Voltage'), MOST), socPercent: whole(highestOf(samples, 'SoC'), 100), chargingState: null, signed: signed.length > 0 ? signed : null,
  };
}

function registerOf(samples: readonly Sample[]): number | undefined {
  return totalOf(samples, REGISTER);
}

const scale = ({ unit, value }: Sample): number => (unit?.startsWith('k') ? value * 1_000 : value);

/** The value for all phases, else the sum of those that are given. */
function totalOf(samples: readonly Sample[], measurand: string): number | undefined {
  const own = samples.filter((sample) => sample.measurand === measurand && Number.isFinite(sample.value));
  const ofAll = own.find(({ phase }) => phase === undefined);
  if (ofAll) return scale(ofAll);
  const phases = own.filter(({ phase }) => /^L[123](-N)?$/.test(phase!));
  return phases.length === 0 ? undefined : phases.reduce((sum, sample) => sum + scale(sample), 0);
}

function highestOf(samples: readonly Sample[], measurand: string): number | undefined {
  const own = samples.filter((sample) => sample.measurand === measurand && Number.isFinite(sample.value)).map(scale);
  return own.length === 0 ? undefined : Math.max(...own);
}

function within(value: number | undefined, most: number): number | null {
  return value === undefined || value < 0 || value > most ? null : value;
}

function whole(value: number | undefined, most: number): number | null {
  const inside = within(value, most);
  return inside === null ? null : Math.round(inside);
}
