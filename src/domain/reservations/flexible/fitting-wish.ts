/** What is asked for besides where: how long, through what and when. Found possible at what can be reached, or refused by name (RSV-F2). */
import { HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Vehicle } from '../../drivers/index.ts';
import type { ConnectorStandard } from '../../stations/index.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { candidatesOrNone, type Candidate, type Target } from '../target.ts';
import { requireOrder, wantedEnergyWh, type Wish } from '../times.ts';
import type { Reachable } from './reachable.ts';
import { requireSoundWindow, type FlexibleTimes, type FlexibleWish } from './wish.ts';

export interface WishInput extends Wish {
  connectorStandards?: ConnectorStandard[];
  minPowerW?: number;
  /** when it would ideally begin, and how far that may move; not at all, unless told */
  start: EpochMs;
  earliestStart?: EpochMs;
  latestEnd?: EpochMs;
}

export interface FittingWish extends FlexibleTimes, Omit<FlexibleWish, 'area'> {
  idealEnd: EpochMs;
  connectorStandards: ConnectorStandard[];
  /** what it takes at the connector that charges fastest, before it is rounded up to any grid */
  shortestMs: number;
}

/** Where a wish is for: what can be reached, narrowed by a target, and the field of the request that says so. */
export interface Whereabouts {
  reachable: readonly Reachable[];
  target?: Pick<Target, 'evseId' | 'stationId'>;
  pointer: string;
}

/** Throws `connector_incompatible`, what is wrong with the window, and `lead_time_not_allowed`. */
export function requireFittingWish(input: WishInput, where: Whereabouts, vehicle: Vehicle | undefined, now: EpochMs): FittingWish {
  const { connectorStandards = [], minPowerW = null } = input;
  const fitting = where.reachable.flatMap(({ location }) => fittingCandidates(location, { ...where.target, connectorStandards }, minPowerW, vehicle));
  if (fitting.length === 0) throw nothingFits(where.pointer);
  if (input.end !== undefined) requireOrder({ start: input.start, end: input.end });
  const energyWh = wantedEnergyWh(input) ?? null;
  const saidMs = input.end === undefined ? (input.durationMinutes ?? DEFAULT_POLICY.minDurationMinutes) * MINUTE_MS : input.end - input.start;
  const shortestMs = energyWh === null ? saidMs : Math.ceil((energyWh / Math.max(...fitting.map(({ powerW }) => powerW))) * HOUR_MS);
  const idealEnd = input.start + shortestMs;
  const times: FlexibleTimes = { idealStart: input.start, earliestStart: input.earliestStart ?? input.start, latestEnd: input.latestEnd ?? idealEnd };
  requireSoundWindow(times, shortestMs, now);
  requireLead(where.reachable, times, now);
  const durationMinutes = energyWh === null ? Math.ceil(saidMs / MINUTE_MS) : null;
  return { ...times, idealEnd, durationMinutes, energyWh, minPowerW, connectorStandards, shortestMs };
}

/** The candidates of a location through which a wish could be met, whenever that is; possibly none. */
export function fittingCandidates(location: Reachable['location'], target: Target, minPowerW: number | null, vehicle?: Vehicle): Candidate[] {
  return candidatesOrNone(location, target, vehicle).filter(({ connector }) => connector.maxPowerW >= (minPowerW ?? 0));
}

/** Types that the vehicle has no inlet for can't be meant. */
export function requireOneVoice({ connectorStandards = [] }: Pick<WishInput, 'connectorStandards'>, vehicle?: Pick<Vehicle, 'connectorStandards'>): void {
  const inlets = vehicle?.connectorStandards ?? [];
  if (connectorStandards.length === 0 || inlets.length === 0 || connectorStandards.some((standard) => inlets.includes(standard))) return;
  const message = `the vehicle takes ${inlets.join(', ')}`;
  throw new DomainError('connector_incompatible', 'The connector types and the vehicle contradict each other.', { errors: [{ pointer: '/connector_type', message }] });
}

function nothingFits(pointer: string): DomainError {
  const errors = [{ pointer, message: 'holds no connector that fits' }];
  return new DomainError('connector_incompatible', 'No connector there fits what was asked for, or the vehicle.', { errors });
}

/** What no location there sells that far ahead is refused now rather than later. */
function requireLead(reachable: readonly Reachable[], { earliestStart }: FlexibleTimes, now: EpochMs): void {
  const maxLeadMinutes = Math.max(...reachable.map(({ policy }) => policy.maxLeadMinutes));
  if (earliestStart <= now + maxLeadMinutes * MINUTE_MS) return;
  throw new DomainError('lead_time_not_allowed', `Slots there are booked at most ${maxLeadMinutes} minutes ahead.`, { max_lead_minutes: maxLeadMinutes });
}
