/** From plugs to EVSEs, for sources that count plugs. */
import type { EvseDraft, LocationDraft, PlugDraft } from './draft.ts';
import { connectorStandardOf } from '../enums.ts';

export function countPlugs(plugs: readonly PlugDraft[]): number {
  return plugs.reduce((sum, plug) => sum + plug.quantity, 0);
}

/**
 * Spreads plugs over EVSEs. One EVSE charges one vehicle, so two plugs of one standard never share one (it would be of no
 * use), while plugs of different standards may be the cables of one. Where the source does not say how many vehicles are
 * served, the fewest EVSEs that this allows are made: a place too few costs a booking, a place too many breaks a promise.
 */
export function packEvses(location: LocationDraft): EvseDraft[] {
  const plugs = location.plugs ?? [];
  const groups = groupByStandard(plugs);
  const largest = Math.max(0, ...groups.map(countPlugs));
  const count = Math.min(countPlugs(plugs), Math.max(location.bays ?? 0, largest));
  const evses: (EvseDraft & { statuses: (string | undefined)[] })[] = Array.from({ length: count }, (_, at) => ({
    ...location.evse,
    uid: `${location.stationRef ?? location.ref ?? ''}-${at + 1}`,
    connectors: [],
    statuses: [],
  }));
  for (const group of groups) {
    // The emptiest first; sorting is stable, so equal files give equal EVSEs.
    const free = [...evses].sort((a, b) => a.connectors.length - b.connectors.length);
    let next = 0;
    for (const { connector, quantity, status } of group) {
      for (let unit = 0; unit < quantity; unit++) {
        const evse = free[next++ % free.length];
        evse?.connectors.push({ ...connector, ref: unit === 0 ? connector.ref : undefined });
        evse?.statuses.push(status);
      }
    }
  }
  return evses.map(({ statuses, ...evse }) => ({ ...evse, status: commonStatus(statuses) ?? evse.status }));
}

/** Largest groups first, so that the smaller fill up what they leave. */
function groupByStandard(plugs: readonly PlugDraft[]): PlugDraft[][] {
  const groups = new Map<string, PlugDraft[]>();
  for (const plug of plugs) {
    const name = connectorStandardOf(plug.connector.standard ?? '') ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [plug]);
    else group.push(plug);
  }
  return [...groups.values()].sort((a, b) => countPlugs(b) - countPlugs(a));
}

/** An EVSE is out of order only if all its plugs are. */
function commonStatus(statuses: readonly (string | undefined)[]): string | undefined {
  return statuses.every((status) => status === statuses[0]) ? statuses[0] : undefined;
}
