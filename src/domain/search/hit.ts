import type { EpochMs } from '../../platform/clock/index.ts';
import { metresOfChord } from '../geography/index.ts';
import { CONNECTOR_FORMATS, CONNECTOR_STANDARDS, EVSE_STATUSES, POWER_TYPES } from '../stations/index.ts';
import type { AreaMatcher } from './area-matcher.ts';
import { connectorFits, evseFits, firstStart, freeMinutesOf, leastPerKwh, perKwhOf, planOf, type Filters, type WindowPlan } from './filters.ts';
import type { ConnectorHit, EvseHit, SearchHit } from './query.ts';
import type { SearchIndex } from './search-index.ts';

/** What is told of a location that matches. */
export function describeHit(
  index: SearchIndex, filters: Filters, row: number, area: AreaMatcher | undefined, fromOrigin: ((row: number) => number) | undefined,
): SearchHit {
  const plan = planOf(index, filters, row);
  const hit: SearchHit = { locationId: index.locations.ids[row]!, evses: [] };
  area?.describe(row, hit);
  if (fromOrigin !== undefined) hit.distanceM = metresOfChord(fromOrigin(row));
  const first = index.locations.firstEvse[row]!;
  for (let evse = first; evse < first + index.locations.evseCount[row]!; evse++) {
    const found = describeEvse(index, filters, row, evse, plan);
    if (found !== undefined) hit.evses.push(found);
  }
  if (plan === undefined) return hit;
  const slots = hit.evses.map(({ firstSlot }) => firstSlot!);
  hit.firstSlot = slots.reduce((earliest, slot) => (slot.start < earliest.start ? slot : earliest));
  hit.freeMinutes = hit.evses.reduce((sum, { freeMinutes }) => sum + freeMinutes!, 0);
  return hit;
}

function describeEvse(index: SearchIndex, filters: Filters, row: number, evse: number, plan: WindowPlan | undefined): EvseHit | undefined {
  const { evses } = index;
  const start = startAt(index, filters, plan, evse);
  if (start === undefined) return undefined;
  const connectors: ConnectorHit[] = [];
  const first = evses.firstConnector[evse]!;
  for (let connector = first; connector < first + evses.connectorCount[evse]!; connector++) {
    const isCheap = filters.price === undefined || perKwhOf(index, filters, row, connector, start) !== undefined;
    if (isCheap && connectorFits(index, filters, connector)) connectors.push(describeConnector(index, connector));
  }
  if (filters.price !== undefined && connectors.length === 0) return undefined;
  const hit: EvseHit = { evseId: evses.ids[evse]!, stationId: evses.stationIds[evse]!, status: EVSE_STATUSES[evses.status[evse]!]!, connectors };
  if (plan === undefined) return hit;
  hit.firstSlot = { start, end: start + plan.durationMs };
  hit.freeMinutes = freeMinutesOf(index, plan, evse);
  return hit;
}

function describeConnector({ connectors }: SearchIndex, connector: number): ConnectorHit {
  return {
    connectorId: connectors.ids[connector]!,
    standard: CONNECTOR_STANDARDS[connectors.standard[connector]!]!,
    powerType: POWER_TYPES[connectors.powerType[connector]!]!,
    maxPowerW: connectors.maxPowerW[connector]!,
    format: CONNECTOR_FORMATS[connectors.format[connector]!]!,
  };
}

/** When charging at an EVSE that fits would begin: with its first slot, or now; undefined when it does not fit. */
function startAt(index: SearchIndex, filters: Filters, plan: WindowPlan | undefined, evse: number): EpochMs | undefined {
  if (!evseFits(index, filters, evse)) return undefined;
  return plan === undefined ? filters.now : firstStart(index, plan, evse);
}

/** The least that a kWh costs at any connector that fits. There is one, in a location that matches. */
export function cheapestPerKwh(index: SearchIndex, filters: Filters, row: number): number {
  const plan = planOf(index, filters, row);
  const first = index.locations.firstEvse[row]!;
  let least = Number.MAX_SAFE_INTEGER;
  for (let evse = first; evse < first + index.locations.evseCount[row]!; evse++) {
    const start = startAt(index, filters, plan, evse);
    if (start !== undefined) least = Math.min(least, leastPerKwh(index, filters, row, evse, start) ?? least);
  }
  return least;
}

/** The most power of any connector that fits, at an EVSE that fits; 0 without any. */
export function strongestPowerW(index: SearchIndex, filters: Filters, row: number): number {
  const { locations, evses, connectors } = index;
  const plan = planOf(index, filters, row);
  const firstEvse = locations.firstEvse[row]!;
  let strongest = 0;
  for (let evse = firstEvse; evse < firstEvse + locations.evseCount[row]!; evse++) {
    const start = startAt(index, filters, plan, evse);
    if (start === undefined) continue;
    const first = evses.firstConnector[evse]!;
    for (let connector = first; connector < first + evses.connectorCount[evse]!; connector++) {
      const isCheap = filters.price === undefined || perKwhOf(index, filters, row, connector, start) !== undefined;
      if (isCheap && connectorFits(index, filters, connector)) strongest = Math.max(strongest, connectors.maxPowerW[connector]!);
    }
  }
  return strongest;
}
