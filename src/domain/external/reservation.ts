/**
 * Charging that was bought in a network of others. Pure.
 *
 *   asked ──quote──▶ quoted ──hold──▶ pending ──confirm──▶ confirmed ──start──▶ active ──▶ completed
 *     └─ refused ─▶ failed      └────────────┴── cancelled by the driver or the provider ─┴──▶ cancelled
 *
 * The provider decides; what it tells moves a reservation on, and never back (EXT-5).
 */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { ErrorCode } from '../../platform/errors/index.ts';
import type { Interval } from '../calendar/index.ts';
import type { ExternalConnector, ExternalPlace } from './place.ts';

export const EXTERNAL_STATUSES = ['asked', 'quoted', 'pending', 'confirmed', 'active', 'completed', 'cancelled', 'failed'] as const;
export type ExternalStatus = (typeof EXTERNAL_STATUSES)[number];

export const OPERATIONS = ['quote', 'hold', 'confirm', 'start', 'stop', 'status', 'track', 'cancel_quote', 'cancel', 'rate', 'support'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** In which states what can be asked for. */
export const POSSIBLE: Record<Operation, readonly ExternalStatus[]> = {
  quote: ['asked'], hold: ['quoted'], confirm: ['pending'], start: ['confirmed'], stop: ['active'], status: ['pending', 'confirmed', 'active', 'completed', 'cancelled'],
  track: ['confirmed', 'active', 'completed'], cancel_quote: ['pending', 'confirmed'], cancel: ['pending', 'confirmed'], rate: ['completed'],
  support: ['pending', 'confirmed', 'active', 'completed', 'cancelled'],
};

export interface Priced {
  currency: string;
  totalMinor: number;
  /** they sum to the total where the provider's do */
  lines: { name: string; amountMinor: number }[];
}

export interface ToldPayment {
  isPaid: boolean;
  /** the provider's word */
  status: string;
  amountMinor: number;
  currency: string;
  /** where the driver pays: the provider's page */
  url: string | null;
  methods: string[];
  reference: string | null;
  /** when it has to be paid, in the provider's word */
  timing: string | null;
}

/** Given back, or still owed, in the end. */
export interface Settlement {
  kind: 'refund' | 'outstanding';
  amountMinor: number;
  currency: string;
  /** null: nobody tells */
  isDone: boolean | null;
}

export interface RefundTerm {
  state: string;
  description: string | null;
  isRefundable: boolean;
  amountMinor: number | null;
  currency: string | null;
}

export interface ToldCancellation {
  by: 'driver' | 'provider' | null;
  reason: string | null;
  refundMinor: number | null;
  feeMinor: number | null;
  currency: string | null;
}

export interface Live {
  energyWh: number;
  powerW: number | null;
  socPercent: number | null;
  costMinor: number | null;
  currency: string | null;
  estimatedEnd: EpochMs | null;
  readAt: EpochMs;
}

/** All that a provider has told, each the newest. */
export interface Facts {
  /** the provider's id and number of the order */
  orderRef?: string;
  orderNumber?: string;
  slot?: Interval;
  quoteExpiresAt?: EpochMs;
  price?: Priced;
  payment?: ToldPayment;
  settlement?: Settlement[];
  terms?: RefundTerm[];
  cancelQuote?: ToldCancellation;
  cancellation?: ToldCancellation;
  /** confirming it needs a password that the driver was sent */
  asksOtp?: boolean;
  instructions?: string;
  expectedEnergyWh?: number;
  isInterrupted?: boolean;
  energyWh?: number;
  startedAt?: EpochMs;
  endedAt?: EpochMs;
  live?: Live;
  trackingUrl?: string;
  support?: { name: string | null; phone: string | null; email: string | null; url: string | null };
  /** what of each order is ours for having brought the driver, in the provider's words */
  finderFee?: { percent: string } | { amount: string };
  /** of which time, by the provider's clock, its state is */
  stateAt?: EpochMs;
}

export interface ExternalWish {
  /** null: as soon as can be */
  start: EpochMs | null;
  end: EpochMs | null;
  energyWh: number | null;
  amountMinor: number | null;
  currency: string | null;
}

/** What a driver thinks of a part of it; 1 to 5. */
export interface Rating {
  category: string;
  value: number;
  feedback: string | null;
}

export interface Waiting {
  operation: Operation;
  /** the message that asked */
  ref: string;
  since: EpochMs;
  /** that is given, and stands once it is taken */
  rating?: Rating;
}

export interface Problem {
  operation: Operation;
  /** the provider's code; `no_answer` is ours */
  code: string;
  message: string;
  /** which of our errors it comes closest to */
  reason: ErrorCode;
  at: EpochMs;
}

export interface ExternalReservation {
  id: string;
  networkId: string;
  externalNetworkId: string;
  organisationId: string;
  driverId: string | null;
  providerId: string;
  conversationId: string;
  status: ExternalStatus;
  wish: ExternalWish;
  vehicle: { make?: string; model?: string; licensePlate?: string } | null;
  /** as it was found then */
  place: Omit<ExternalPlace, 'connectors'>;
  connector: ExternalConnector;
  facts: Facts;
  /** what its driver thinks of it */
  ratings: Rating[];
  metadata: Record<string, string>;
  waiting: Waiting | null;
  problem: Problem | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  confirmedAt: EpochMs | null;
  endedAt: EpochMs | null;
}

/** What a message of a provider says. */
export interface Told {
  /** the message that it refers to, and what it can't but answer, whatever it refers to */
  answers: { ref: string; operations: readonly Operation[] };
  status?: ExternalStatus;
  facts: Facts;
  problem?: Pick<Problem, 'code' | 'message' | 'reason'>;
}

const RANK: Record<ExternalStatus, number> = { asked: 0, quoted: 1, pending: 2, confirmed: 3, active: 4, completed: 5, cancelled: 5, failed: 5 };
const isFinal = (status: ExternalStatus): boolean => RANK[status] === 5;

/** What answers by being so, whatever message says it. */
const GOALS: Partial<Record<Operation, ExternalStatus>> = { confirm: 'confirmed', start: 'active', stop: 'completed', cancel: 'cancelled' };

/** What events tell of. */
export type News = 'created' | 'updated' | 'quoted' | 'held' | 'paid' | 'confirmed' | 'started' | 'interrupted' | 'reconnected' | 'completed' | 'settled' | 'cancelled' | 'failed'
  | 'refused';

/** What a provider told, and what of it is new: the event that tells of it, or none. */
export interface Outcome {
  next: ExternalReservation;
  event?: News;
}

/** EXT-5: takes what was told. What is older than what is known, or of a state that is past, changes nothing. */
export function take(before: ExternalReservation, told: Told, now: EpochMs): Outcome {
  const { waiting } = before;
  const isAnswer = waiting !== null && (told.answers.ref === waiting.ref || told.answers.operations.includes(waiting.operation)
    || (told.problem === undefined && told.status !== undefined && GOALS[waiting.operation] === told.status));
  if (told.problem) return isAnswer ? refused(before, { operation: waiting.operation, ...told.problem, at: now }) : { next: before };
  const answered: ExternalReservation = isAnswer ? { ...before, ...rated(before), waiting: null, problem: null } : before;
  const news = isPast(before, told) ? undefined : changed(answered, told, now);
  if (news) return { next: { ...news, version: before.version + 1, updatedAt: now }, event: eventOf(before, news) };
  return isAnswer ? { next: { ...answered, version: before.version + 1, updatedAt: now }, event: 'updated' } : { next: before };
}

/** A quote that is refused is the end of what nobody has bought. */
export function refused(before: ExternalReservation, problem: Problem): Outcome {
  const isEnd = before.status === 'asked';
  const next: ExternalReservation = {
    ...before, waiting: null, problem, version: before.version + 1, updatedAt: problem.at, ...(isEnd ? { status: 'failed' as const, endedAt: problem.at } : {}),
  };
  return { next, event: isEnd ? 'failed' : 'refused' };
}

/** A rating that is taken stands in the place of the one before. */
function rated({ ratings, waiting }: ExternalReservation): { ratings?: Rating[] } {
  const rating = waiting?.rating;
  return rating ? { ratings: [...ratings.filter(({ category }) => category !== rating.category), rating] } : {};
}

function isPast({ status, facts }: ExternalReservation, told: Told): boolean {
  if (told.status === undefined) return false;
  if (isFinal(status)) return told.status !== status;
  if (RANK[told.status] !== RANK[status]) return RANK[told.status] < RANK[status];
  return told.facts.stateAt !== undefined && facts.stateAt !== undefined && told.facts.stateAt < facts.stateAt;
}

function changed(before: ExternalReservation, told: Told, now: EpochMs): ExternalReservation | undefined {
  const facts: Facts = { ...before.facts, ...told.facts };
  const page = before.facts.payment?.url ?? null; // which is not told again with every message
  if (facts.payment?.url === null) facts.payment = { ...facts.payment, url: page };
  const status = told.status ?? before.status;
  const next: ExternalReservation = {
    ...before, facts, status, confirmedAt: before.confirmedAt ?? (RANK[status] >= RANK.confirmed && status !== 'cancelled' ? now : null),
    endedAt: before.endedAt ?? (isFinal(status) ? now : null),
  };
  return isSame(before, next) ? undefined : next;
}

const isSame = (a: ExternalReservation, b: ExternalReservation): boolean => (
  a.status === b.status && JSON.stringify(sorted(a.facts)) === JSON.stringify(sorted(b.facts)));
const sorted = (facts: Facts): [string, unknown][] => Object.entries(facts).filter(([name]) => name !== 'stateAt').sort(([a], [b]) => (a < b ? -1 : 1));

const OF_STATUS: Record<ExternalStatus, News> = {
  asked: 'updated', quoted: 'quoted', pending: 'held', confirmed: 'confirmed', active: 'started', completed: 'completed', cancelled: 'cancelled', failed: 'failed',
};

/** One event a change, the one that says most. */
function eventOf(before: ExternalReservation, next: ExternalReservation): News {
  if (before.status !== next.status) return OF_STATUS[next.status];
  if (before.facts.payment?.isPaid !== true && next.facts.payment?.isPaid === true) return 'paid';
  if (before.status === 'active' && before.facts.isInterrupted !== next.facts.isInterrupted) return next.facts.isInterrupted === true ? 'interrupted' : 'reconnected';
  const isDone = (facts: Facts): boolean => facts.settlement !== undefined && facts.settlement.length > 0 && facts.settlement.every((one) => one.isDone);
  return !isDone(before.facts) && isDone(next.facts) ? 'settled' : 'updated';
}
