/**
 * A place in the waitlist: "tell me when something frees up here then". `WAITLIST_LIFE` says what every event does in every state;
 * SPEC.md prints the same table and a test walks it whole.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import type { Area } from '../../geography/index.ts';
import type { ConnectorStandard } from '../../stations/index.ts';

export const WAITLIST_STATUSES = ['waiting', 'offered', 'claimed', 'left', 'lapsed', 'expired'] as const;
export type WaitlistStatus = (typeof WAITLIST_STATUSES)[number];

export const WAITLIST_EVENTS = ['offer', 'claim', 'skip', 'leave', 'lapse', 'last_lapse', 'withdraw', 'offer_moved', 'window_over'] as const;
export type WaitlistEvent = (typeof WAITLIST_EVENTS)[number];

/** A status: what the event leads to. `refused`: the caller is told `invalid_state`. `ignored`: nothing happens. */
export type WaitlistOutcome = WaitlistStatus | 'refused' | 'ignored';

const final: Record<WaitlistEvent, WaitlistOutcome> = {
  offer: 'ignored', claim: 'refused', skip: 'refused', leave: 'refused', lapse: 'ignored', last_lapse: 'ignored', withdraw: 'ignored', offer_moved: 'ignored',
  window_over: 'ignored',
};

export const WAITLIST_LIFE: Record<WaitlistStatus, Record<WaitlistEvent, WaitlistOutcome>> = {
  waiting: { ...final, offer: 'offered', leave: 'left', window_over: 'expired' },
  offered: { ...final, claim: 'claimed', skip: 'waiting', leave: 'left', lapse: 'waiting', last_lapse: 'lapsed', withdraw: 'waiting', offer_moved: 'offered' },
  claimed: final,
  left: final,
  lapsed: final,
  expired: final,
};

/** What is asked for besides the time. */
export interface WaitlistWish {
  /** one of these says where */
  area: Area | null;
  evseId: string | null;
  stationId: string | null;
  locationId: string | null;
  connectorStandards: ConnectorStandard[];
  /** of the connector, in watts */
  minPowerW: number | null;
  /** how long; null where the energy says it */
  durationMinutes: number | null;
  energyWh: number | null;
}

/** A slot that is held for the entry, as its reservation. */
export interface Offer {
  locationId: string;
  stationId: string;
  evseId: string;
  connectorId: string;
  start: EpochMs;
  end: EpochMs;
  /** when the hold ends, unless it is claimed */
  claimBy: EpochMs;
  reservationFeeMinor: number;
  /** what has to be paid before it can be claimed */
  dueMinor: number;
  currency: string;
}

/** What was skipped is not offered again (WTL-8). */
export interface Skipped {
  locationId: string;
  start: EpochMs;
  end: EpochMs;
}

export interface WaitlistEntry {
  id: string;
  networkId: string;
  organisationId: string;
  driverId: string;
  vehicleId: string | null;
  status: WaitlistStatus;
  wish: WaitlistWish;
  idealStart: EpochMs;
  earliestStart: EpochMs;
  latestEnd: EpochMs;
  /** after it no slot that is long enough can begin */
  lastStart: EpochMs;
  /** offers that nobody answered */
  lapses: number;
  skipped: Skipped[];
  /** of the offer, or of what was claimed */
  reservationId: string | null;
  /** while offered, and once claimed: what */
  offer: Offer | null;
  paymentMethod: string | null;
  metadata: Record<string, string>;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  endedAt: EpochMs | null;
}

export const WAITLIST_LIMITS = {
  /** waiting or offered, of one driver */
  ofDriver: 5,
  /** and of one organisation */
  ofOrganisation: 20_000,
  /** offers that lapse before the entry does */
  lapses: 2,
  skips: 20,
  /** EVSEs that one entry waits for */
  evses: 2_000,
} as const;

const CLAIM_MS = 10 * MINUTE_MS;
const SHORTEST_CLAIM_MS = 3 * MINUTE_MS;

/**
 * WTL-6: until when an offer that is made now waits to be claimed: ten minutes, but not beyond the start of the slot; three at least, as
 * long as the slot would be kept.
 */
export function claimDeadline(now: EpochMs, start: EpochMs, noShowMinutes: number): EpochMs {
  const beforeStart = Math.max(start, now + SHORTEST_CLAIM_MS);
  return Math.min(now + CLAIM_MS, beforeStart, start + noShowMinutes * MINUTE_MS);
}

const SOONEST_LOOK_MS = 15 * MINUTE_MS;
const LATEST_LOOK_MS = 6 * HOUR_MS;

/** WTL-11: when what an entry waits for is looked through again, without anybody having told of free time: the rarer the farther ahead it lies. */
export function nextLook({ earliestStart }: Pick<WaitlistEntry, 'earliestStart'>, now: EpochMs): EpochMs {
  return now + Math.min(Math.max(Math.round((earliestStart - now) / 16), SOONEST_LOOK_MS), LATEST_LOOK_MS);
}

/** How far back the wait is told from. */
export const HISTORY_MS = 28 * DAY_MS;
