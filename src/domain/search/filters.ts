import { MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { freeTimeMs, isOpenAt, nextFreeSlot, openIntervals, overlapsFlat, slotGrid, type FlatIntervals, type SlotPlan } from '../calendar/index.ts';
import { busyOf } from './busy-times.ts';
import { allowedCodes, BOOKABLE, capabilityMask, facilityMask, powerTypeCode, standardCode, standardMasks, statusCode } from './codes.ts';
import type { BookableRule } from './entry.ts';
import type { PriceOf, RatingOf, SearchQuery, SearchWindow } from './query.ts';
import type { Schedule, SearchIndex } from './search-index.ts';
import { FLAG, type LocationTable } from './tables.ts';
import { prefixesOf } from './text.ts';

const AVAILABLE = statusCode('AVAILABLE');
const REMOVED = statusCode('REMOVED');
const PLANNED = statusCode('PLANNED');
const NEVER_BUSY: FlatIntervals = { times: new Float64Array(), first: 0, end: 0 };

/** The filters of a query in the form in which rows are held against them. */
export interface Filters {
  /** numbers of operators; undefined: any */
  operators: Set<number> | undefined;
  /** number of the network */
  network: number;
  flags: number;
  allFacilities: number;
  anyFacilities: number;
  prefixes: string[];
  openAt: EpochMs | undefined;
  /** whether a location needs an EVSE, and that a connector that fits */
  needsEvse: boolean;
  needsConnector: boolean;
  standards: Uint8Array | undefined;
  /** the same as bits; all are set where any standard will do */
  lowStandards: number;
  highStandards: number;
  powerTypes: Uint8Array | undefined;
  minPowerW: number;
  maxPowerW: number;
  /** bits; with a window, the one that says it can be booked as well */
  capabilities: number;
  availableNow: boolean;
  window: SearchWindow | undefined;
  price: PriceFilter | undefined;
  minRating: number | undefined;
  ratingOf: RatingOf;
  now: EpochMs;
  /** what was found out about schedules in the course of this search */
  plans: Map<number, WindowPlan | undefined>;
  openness: Map<number, boolean>;
}

/** Looked at last, for what fits otherwise. */
export interface PriceFilter {
  perKwh: PriceOf;
  currency: string;
  maxPerKwh: number;
}

/** The slots that one schedule has within the window. */
export interface WindowPlan extends SlotPlan {
  /** the earliest instant at which a slot may start */
  from: EpochMs;
  windowEnd: EpochMs;
  /** the first slot of an EVSE that is never busy */
  idleStart: EpochMs;
}

/** What is known beside the index. */
export interface Tellers {
  perKwh: PriceOf;
  ratingOf: RatingOf;
}

export function compileFilters(index: SearchIndex, network: number, query: SearchQuery, now: EpochMs, { perKwh, ratingOf }: Tellers): Filters {
  const { operatorIds = [], facilities = {}, minPowerW = 0, maxPowerW = Infinity } = query;
  const standards = allowedCodes(query.connectorStandards, standardCode);
  const powerTypes = allowedCodes(query.powerTypes, powerTypeCode);
  const known = operatorIds.map((id) => index.operators.numbers.get(id)).filter((number) => number !== undefined);
  const [lowStandards, highStandards] = standards === undefined ? [~0, ~0] : standardMasks(query.connectorStandards!);
  const needsConnector = standards !== undefined || powerTypes !== undefined || minPowerW > 0 || maxPowerW !== Infinity;
  const capabilities = capabilityMask(query.capabilities ?? []) | (query.window === undefined ? 0 : BOOKABLE);
  return {
    network,
    operators: operatorIds.length === 0 ? undefined : new Set(known),
    flags: FLAG.alive | FLAG.published | (query.greenOnly === true ? FLAG.green : 0),
    allFacilities: facilityMask(facilities.allOf ?? []),
    anyFacilities: facilityMask(facilities.anyOf ?? []),
    prefixes: prefixesOf(query.text ?? ''),
    openAt: query.openAt,
    needsEvse: needsConnector || query.price !== undefined || capabilities !== 0 || query.availableNow === true,
    needsConnector,
    standards,
    lowStandards,
    highStandards,
    powerTypes,
    minPowerW,
    maxPowerW,
    capabilities,
    availableNow: query.availableNow === true,
    window: query.window,
    price: query.price && { perKwh, currency: query.price.currency, maxPerKwh: query.price.maxPerKwh ?? Infinity },
    minRating: query.minRating,
    ratingOf,
    now,
    plans: new Map(),
    openness: new Map(),
  };
}

/** Whether what is quick to see of a location fits, and it has the given flags. */
export function quickFits({ locations }: SearchIndex, filters: Filters, row: number, flags: number): boolean {
  const facilities = locations.facilities[row]!;
  return (
    (locations.flags[row]! & flags) === flags &&
    locations.network[row] === filters.network &&
    (!filters.needsConnector || mayHaveConnector(locations, filters, row)) &&
    (filters.operators === undefined || filters.operators.has(locations.operator[row]!)) &&
    (facilities & filters.allFacilities) === filters.allFacilities &&
    (filters.anyFacilities === 0 || (facilities & filters.anyFacilities) !== 0)
  );
}

/** Whether the standards and the power of a location's connectors, taken together, leave hope for one that fits. */
function mayHaveConnector({ lowStandards, highStandards, strongestW }: LocationTable, filters: Filters, row: number): boolean {
  const common = (lowStandards[row]! & filters.lowStandards) | (highStandards[row]! & filters.highStandards);
  return common !== 0 && strongestW[row]! >= filters.minPowerW;
}

/** Whether text, rating and opening hours of a location fit. */
export function slowFits(index: SearchIndex, filters: Filters, row: number): boolean {
  if (filters.prefixes.length > 0) {
    const text = index.locations.texts[row]!;
    for (const prefix of filters.prefixes) if (!text.includes(prefix)) return false;
  }
  if (filters.minRating !== undefined && !(filters.ratingOf(index.locations.ids[row]!)! >= filters.minRating)) return false;
  return filters.openAt === undefined || isScheduleOpen(index, filters, filters.openAt, index.locations.schedule[row]!);
}

function isScheduleOpen(index: SearchIndex, filters: Filters, at: EpochMs, number: number): boolean {
  let open = filters.openness.get(number);
  if (open === undefined) {
    const { openingTimes, timeZone } = index.schedules.values[number]!;
    open = isOpenAt(openingTimes, timeZone, at);
    filters.openness.set(number, open);
  }
  return open;
}

/** Whether any EVSE of a location fits; one without any fits a query that wants nothing of EVSEs. */
export function hasFittingEvse(index: SearchIndex, filters: Filters, row: number): boolean {
  const plan = planOf(index, filters, row);
  if (plan === undefined && filters.window !== undefined) return false;
  const first = index.locations.firstEvse[row]!;
  const end = first + index.locations.evseCount[row]!;
  if (first === end) return !filters.needsEvse;
  for (let evse = first; evse < end; evse++) {
    if (!evseFits(index, filters, evse)) continue;
    const start = plan === undefined ? filters.now : firstStart(index, plan, evse);
    if (start !== undefined && (filters.price === undefined || leastPerKwh(index, filters, row, evse, start) !== undefined)) return true;
  }
  return false;
}

/** Whether an EVSE fits, its time in the window aside. */
export function evseFits(index: SearchIndex, filters: Filters, evse: number): boolean {
  const { status, capabilities, firstConnector, connectorCount } = index.evses;
  const state = status[evse]!;
  if (state === REMOVED || state === PLANNED) return false;
  if ((capabilities[evse]! & filters.capabilities) !== filters.capabilities) return false;
  if (filters.availableNow && (state !== AVAILABLE || overlapsFlat(busyOf(index.busy, index.evses, evse), filters.now, filters.now + 1))) return false;
  if (!filters.needsConnector) return true;
  const first = firstConnector[evse]!;
  const end = first + connectorCount[evse]!;
  for (let connector = first; connector < end; connector++) if (connectorFits(index, filters, connector)) return true;
  return false;
}

export function connectorFits({ connectors }: SearchIndex, filters: Filters, connector: number): boolean {
  const { standards, powerTypes, minPowerW, maxPowerW } = filters;
  const powerW = connectors.maxPowerW[connector]!;
  return (
    (standards === undefined || standards[connectors.standard[connector]!] === 1) &&
    (powerTypes === undefined || powerTypes[connectors.powerType[connector]!] === 1) &&
    powerW >= minPowerW &&
    powerW <= maxPowerW
  );
}

/** The least that a kWh costs at any connector of an EVSE that fits, from an instant on; undefined when none has a price that will do. */
export function leastPerKwh(index: SearchIndex, filters: Filters, row: number, evse: number, start: EpochMs): number | undefined {
  const first = index.evses.firstConnector[evse]!;
  let least: number | undefined;
  for (let connector = first; connector < first + index.evses.connectorCount[evse]!; connector++) {
    const perKwh = connectorFits(index, filters, connector) ? perKwhOf(index, filters, row, connector, start) : undefined;
    if (perKwh !== undefined && (least === undefined || perKwh < least)) least = perKwh;
  }
  return least;
}

/** What a kWh costs at a connector; undefined when that will not do. */
export function perKwhOf({ locations, connectors }: SearchIndex, { price }: Filters, row: number, connector: number, start: EpochMs): number | undefined {
  const perKwh = price?.perKwh(locations.ids[row]!, connectors.ids[connector]!, connectors.maxPowerW[connector]!, start, price.currency);
  return perKwh !== undefined && perKwh <= price!.maxPerKwh ? perKwh : undefined;
}

/** The slots that a location offers in the window: undefined when there is no window, or no slot in it whatever the EVSE. */
export function planOf(index: SearchIndex, filters: Filters, row: number): WindowPlan | undefined {
  if (filters.window === undefined) return undefined;
  const number = index.locations.schedule[row]!;
  const known = filters.plans.get(number);
  if (known !== undefined || filters.plans.has(number)) return known;
  const plan = planWindow(index.schedules.values[number]!, filters.window, filters.now);
  filters.plans.set(number, plan);
  return plan;
}

function planWindow({ rule, timeZone, openingTimes }: Schedule, window: SearchWindow, now: EpochMs): WindowPlan | undefined {
  const durationMs = slotDurationMs(rule, window);
  if (rule.mode === 'walk_in_only') return undefined;
  if (durationMs < rule.minDurationMinutes * MINUTE_MS || durationMs > rule.maxDurationMinutes * MINUTE_MS) return undefined;
  const from = Math.max(window.start, now + rule.minLeadMinutes * MINUTE_MS);
  const latestStart = Math.min(window.end - durationMs, now + rule.maxLeadMinutes * MINUTE_MS);
  if (from > latestStart) return undefined;
  const plan: SlotPlan = {
    open: openIntervals(openingTimes, timeZone, from, window.end),
    grid: slotGrid(rule.gridMinutes, timeZone, from, window.end + 1),
    durationMs,
    bufferMs: rule.bufferMinutes * MINUTE_MS,
    latestStart,
    endsOnGrid: true,
  };
  const idleStart = nextFreeSlot(plan, NEVER_BUSY, from);
  return idleStart === undefined ? undefined : { ...plan, from, windowEnd: window.end, idleStart };
}

/** A duration is rounded up to what is offered: whole steps of the grid, and the shortest slot. A whole window is taken as it is. */
function slotDurationMs({ gridMinutes, minDurationMinutes }: BookableRule, { start, end, durationMinutes }: SearchWindow): number {
  if (durationMinutes === undefined) return end - start;
  return Math.ceil(Math.max(durationMinutes, minDurationMinutes) / gridMinutes) * gridMinutes * MINUTE_MS;
}

/** When the first free slot of an EVSE starts, or undefined. */
export function firstStart({ evses, busy }: SearchIndex, plan: WindowPlan, evse: number): EpochMs | undefined {
  return evses.busyCount[evse] === 0 ? plan.idleStart : nextFreeSlot(plan, busyOf(busy, evses, evse), plan.idleStart);
}

/** How long an EVSE is open and free in the window, from the earliest bookable instant on, in whole minutes. */
export function freeMinutesOf({ evses, busy }: SearchIndex, plan: WindowPlan, evse: number): number {
  return Math.floor(freeTimeMs(plan.open, busyOf(busy, evses, evse), plan.from, plan.windowEnd) / MINUTE_MS);
}
