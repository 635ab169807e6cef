/** What somebody who stands at a connector is told before they begin (SES-33): whether they can, what it costs, and what is held for what they want. */
import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { isStationOnline } from '../chargers/index.ts';
import { chargingPowerW } from '../drivers/index.ts';
import { requireAccess, type Context } from '../organisations/index.ts';
import { quoteSession, shownPrice, type RulesInForce, type ShownPrice, type Wanted } from '../pricing/index.ts';
import { findEvse, getLocationOf, type Connector, type Evse, type Location } from '../stations/index.ts';
import { rulesOfWalkIn } from './bill.ts';
import { requireRoomToWalkIn } from './life.ts';
import { withoutParkingRoom } from './limits.ts';
import { hasParkingTime } from './live.ts';
import type { Targets } from './session.ts';
import * as store from './store.ts';

/** What stands in the way of beginning at a connector now. */
export const OBSTACLES = ['out_of_order', 'offline', 'occupied', 'being_started', 'bookings_only', 'reserved', 'reserved_soon', 'no_price'] as const;
export type Obstacle = (typeof OBSTACLES)[number];

/** What somebody wants who walks in: for so much money, so much energy, so long; nothing of it: until the vehicle is full. */
export interface WalkInWish {
  amountMinor?: bigint;
  energyWh?: number;
  durationMinutes?: number;
}

export interface WalkInOffer {
  location: Location;
  evse: Evse;
  connector: Connector;
  obstacle: Obstacle | null;
  /** when that may be over, or, of what is reserved soon, when it begins; where that is known */
  obstacleAt: EpochMs | null;
  /** until when who begins now may charge; null when nothing ends it */
  endsBy: EpochMs | null;
  rules: RulesInForce | null;
  price: ShownPrice | null;
}

export interface WalkInEstimate {
  currency: string;
  energyWh: number;
  durationMs: number;
  /** what it is expected to come to, tax included, and what is held before */
  totalMinor: bigint;
  holdMinor: bigint;
  targets: Targets | null;
}

/** Statuses in which no vehicle can be charged. One that is taken may well be theirs: many plug in first. */
const DOWN = new Set(['INOPERATIVE', 'OUTOFORDER', 'PLANNED', 'REMOVED']);
/** Set aside besides, in percent: a charger that is cut off may dispense more (seed 001: 50 of 500). */
const OVERAGE_PERCENT = '10';
/** Nobody knows how much a vehicle takes until it is full: as much as a large battery does is held for, and no longer than that lasts. */
const FULL_WH = 60_000;
const FULL_MS = 240 * MINUTE_MS;

/** Throws `not_found`. */
export async function walkInOffer(ctx: Context, connectorId: string): Promise<WalkInOffer> {
  requireAccess(ctx, 'location.read');
  const location = await getLocationOf(ctx, 'connector', connectorId);
  const { evse, connector } = standAt(location, connectorId);
  const found = await rulesOfWalkIn(ctx, { operatorId: location.operatorId, startedAt: ctx.now, evseId: evse.id, connectorId }, location);
  const stands = { location, evse, connector };
  return {
    ...stands, obstacleAt: null, endsBy: null, rules: found ?? null,
    price: found ? shownPrice(found, { start: ctx.now, timeZone: location.timeZone, powerW: chargingPowerW(connector) }) : null,
    ...await obstacleAt(ctx, stands, found !== undefined),
  };
}

type Stands = Pick<WalkInOffer, 'location' | 'evse' | 'connector'>;

function standAt(location: Location, connectorId: string): { evse: Evse; connector: Connector } {
  const connector = location.stations.flatMap(({ evses }) => evses).flatMap(({ connectors }) => connectors).find(({ id }) => id === connectorId)!;
  return { evse: findEvse(location, connector.evseId)!, connector };
}

async function obstacleAt(ctx: Context, { location, evse }: Stands, hasPrice: boolean): Promise<Pick<WalkInOffer, 'obstacle'> & Partial<WalkInOffer>> {
  if (DOWN.has(evse.status)) return { obstacle: 'out_of_order' };
  if (!(await isStationOnline(ctx, evse.stationId))) return { obstacle: 'offline' };
  const live = await store.findLiveAt(ctx.tx, evse.id);
  if (live && live.status !== 'created') return { obstacle: 'occupied' };
  if (live) return { obstacle: 'being_started', obstacleAt: live.startBy };
  if (!hasPrice) return { obstacle: 'no_price' };
  try {
    return { obstacle: null, endsBy: await requireRoomToWalkIn(ctx, location, evse.id) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'walk_in_not_offered') return { obstacle: 'bookings_only' };
    if (error.code !== 'slot_unavailable') throw error;
    const { next_slot_starts: next } = error.details ?? {};
    return typeof next === 'string' ? { obstacle: 'reserved_soon', obstacleAt: Date.parse(next) } : { obstacle: 'reserved' };
  }
}

/** What it is expected to come to. Throws `price_unknown`, and `amount_out_of_range` for more than can be held. What costs nothing is held nothing for. */
export function estimateWalkIn(ctx: Context, { location, connector, rules, endsBy }: WalkInOffer, wish: WalkInWish): WalkInEstimate {
  if (!rules) throw new DomainError('price_unknown', 'Nobody has set a price there, so there is nothing to pay.');
  const powerW = chargingPowerW(connector);
  const { amountMinor } = wish;
  const { wanted, targets } = wantedOf(amountMinor !== undefined && hasParkingTime(rules) ? { amountMinor: withoutParkingRoom(amountMinor) } : wish);
  const isFull = wanted === undefined;
  const mostMs = Math.min(isFull ? FULL_MS : Number.POSITIVE_INFINITY, endsBy === null ? Number.POSITIVE_INFINITY : endsBy - ctx.now);
  const quote = quoteSession(rules.rules, {
    start: ctx.now, wanted: wanted ?? { energyWh: FULL_WH }, powerW, timeZone: location.timeZone, locationId: location.id, connectorId: connector.id,
    overagePercent: OVERAGE_PERCENT, ...(Number.isFinite(mostMs) ? { mostMs } : {}),
  });
  const { bill, durationMs } = quote;
  const holdMinor = amountMinor ?? quote.holdMinor;
  if (holdMinor > MOST_MINOR) throw new DomainError('amount_out_of_range', 'That is too much to be held.');
  return { currency: bill.currency, energyWh: Math.round(bill.energyWh.valueOf()), durationMs, totalMinor: bill.totalMinor, holdMinor, targets };
}

const MOST_MINOR = 1_000_000_000n;

function wantedOf({ amountMinor, energyWh, durationMinutes }: WalkInWish): { wanted: Wanted | undefined; targets: Targets | null } {
  if (amountMinor !== undefined) return { wanted: { amountMinor }, targets: null }; // it ends before it costs more than is held
  if (energyWh !== undefined) return { wanted: { energyWh }, targets: { energyWh } };
  if (durationMinutes !== undefined) return { wanted: { durationMs: durationMinutes * MINUTE_MS }, targets: { durationMinutes } };
  return { wanted: undefined, targets: null };
}
