/** What the assignment is asked, and what it answers. Plain data: it can be written down, sent to a worker and held against another solver. */
import type { EpochMs } from '../../../platform/clock/index.ts';
import type { Interval } from '../../calendar/index.ts';
import type { VehicleInput } from '../../drivers/index.ts';
import type { Area } from '../../geography/index.ts';
import type { Connector, ConnectorStandard } from '../../stations/index.ts';

/** Requests and EVSEs may stand in any order: it changes nothing about the answer. Ids are unique. */
export interface AssignmentProblem {
  /**
   * For each location time zone and policy grid the instants at which slots may begin and end: sorted, without repeats, and as
   * far as the last request's window reaches.
   */
  grids: readonly (readonly EpochMs[])[];
  evses: readonly AssignmentEvse[];
  requests: readonly AssignmentRequest[];
}

/** An EVSE that may be assigned, under the rules of its location's policy. */
export interface AssignmentEvse {
  id: string;
  locationId: string;
  latitude: number;
  longitude: number;
  connectors: readonly AssignmentConnector[];
  /** its place in `grids` */
  grid: number;
  /** kept free after each slot, 0 or more */
  bufferMs: number;
  minDurationMs: number;
  maxDurationMs: number;
  /** slots may begin from here, and until then (both included): the policy's lead times */
  earliestStart: EpochMs;
  latestStart: EpochMs;
  /** when it can be booked, in any order; always, when absent */
  open?: readonly Interval[];
  /** bookings with the buffers after them, outages, cars that are there; in any order */
  busy: readonly Interval[];
}

export type AssignmentConnector = Pick<Connector, 'id' | 'standard' | 'powerType' | 'maxPowerW'>;

/** A driver's wish for a slot somewhere, about then. */
export interface AssignmentRequest {
  id: string;
  area: Area;
  /** one of these; any, when empty */
  connectorStandards: readonly ConnectorStandard[];
  /** of the connector, whatever the vehicle takes */
  minPowerW?: number;
  vehicle?: Pick<VehicleInput, 'connectorStandards' | 'maxAcPowerW' | 'maxDcPowerW'>;
  /** how long, or how much: then the power of connector and vehicle says how long */
  need: { durationMs: number } | { energyWh: number };
  /** slots lie in [earliestStart, latestEnd) and are wanted to start at idealStart, which may lie off the grid */
  idealStart: EpochMs;
  earliestStart: EpochMs;
  latestEnd: EpochMs;
  /** who has more goes first: none of a higher priority is left out in favour of lower ones, however many */
  priority: number;
  createdAt: EpochMs;
  /** whether this plan decides about it; the others are only planned for */
  isDue: boolean;
  notAtLocationIds?: readonly string[];
}

/** The answer for one request. */
export type AssignmentResult = Assigned | Unassigned;

export interface Assigned {
  requestId: string;
  outcome: 'assigned';
  evseId: string;
  connectorId: string;
  start: EpochMs;
  end: EpochMs;
  /** from idealStart, earlier or later */
  displacementMs: number;
  /** from the middle of the area: the circle's centre, the middle of the polygon's box, the corridor's line; in whole metres */
  distanceM: number;
  /** how many of its options nobody else has in this plan, its own slot among them; the more, the safer */
  openOptions: number;
  why: WhyAssigned;
}

export interface Unassigned {
  requestId: string;
  outcome: 'unassigned';
  reason: UnassignedReason;
  tried: Tried;
  /** who has the slots that it could have had (at most {@link MOST_NAMED}, those whose slots are nearest to its wish) */
  lostTo: string[];
}

/**
 * The first of these that holds: nothing is in the area; no connector there fits; what fits does not offer slots that long; no slot
 * is free in the window; all of those are had by others.
 */
export const UNASSIGNED_REASONS = ['no_evse_in_area', 'no_fitting_connector', 'duration_not_offered', 'no_free_slot', 'taken_by_others'] as const;
export type UnassignedReason = (typeof UNASSIGNED_REASONS)[number];

/** How many EVSEs were left after each question. */
export interface Tried {
  evsesInArea: number;
  /** … with a connector for this request */
  evsesFitting: number;
  /** … that offer slots as long as it needs */
  evsesOffering: number;
  /** … with a slot that was free for it before this plan */
  evsesFree: number;
  /** all such slots */
  options: number;
}

export interface WhyAssigned {
  tried: Tried;
  /** 1 for the best of its options: the least displacement, then the nearest */
  rank: number;
  /** what kept it from a start nearer to the ideal one; absent when none of its EVSEs could offer such a start */
  time?: KeptFrom;
  /** what kept it from an EVSE nearer to the middle of its area at the start that it got; absent when none that fits is nearer */
  place?: KeptFrom;
}

/** Of the EVSEs that would have been better, how many could not be had for which cause. */
export interface KeptFrom {
  /** booked before, closed, or out of order then */
  unavailable: number;
  /** had by other requests of this plan */
  taken: number;
  /** by these (at most {@link MOST_NAMED}) */
  by: string[];
}

export const MOST_NAMED = 5;

/** How much work is done: 'quick' suits the moment of a request, 'thorough' a decision that is not in a hurry. Counted in steps, never in time. */
export const EFFORTS = ['greedy', 'quick', 'thorough'] as const;
export type Effort = (typeof EFFORTS)[number];

export interface AssignmentOptions {
  /** 'quick', when not given */
  effort?: Effort;
  /** of the random choices, a whole number; 1 when not given */
  seed?: number;
}

/** Results in the order of the problem's requests. */
export interface Assignment {
  results: AssignmentResult[];
  /** how many got a slot */
  assigned: number;
  totalDisplacementMs: number;
}
