/** From plugs to EVSEs, for sources that count plugs. */
import { connectorStandardOf } from '../enums.ts';
import type { EvseDraft, LocationDraft, PlugDraft } from './draft.ts';
import { typicalElectrics } from './electrics.ts';

export function countPlugs(plugs: readonly PlugDraft[]): number {
  return plugs.reduce((sum, plug) => sum + plug.quantity, 0);
}

/** The plugs of one standard. */
interface Group {
  plugs: PlugDraft[];
  size: number;
  isDc: boolean;
}

interface PackedEvse {
  draft: EvseDraft;
  statuses: (string | undefined)[];
  hasDc: boolean;
}

/**
 * Spreads plugs over EVSEs. One EVSE charges one vehicle, so two plugs of one standard never share one (it would be of no
 * use), while plugs of different standards may be the cables of one. Where the source does not say how many vehicles are
 * served, the fewest EVSEs that this allows are made: a place too few costs a booking, a place too many breaks a promise.
 * Cables for direct current share an EVSE rather than joining one for alternating current, as they do in cabinets.
 */
export function packEvses(location: LocationDraft): EvseDraft[] {
  const groups = groupByStandard(location.plugs ?? []);
  const largest = groups[0]?.size ?? 0;
  const count = Math.min(countPlugs(location.plugs ?? []), Math.max(location.bays ?? 0, largest));
  const evses = Array.from({ length: Math.floor(count) }, (_, at): PackedEvse => ({
    draft: { ...location.evse, uid: `${location.stationRef ?? location.ref ?? ''}-${at + 1}`, connectors: [] },
    statuses: [],
    hasDc: false,
  }));
  for (const group of groups) place(group, evses);
  return evses.map(({ draft, statuses }) => ({ ...draft, status: commonStatus(statuses) ?? draft.status }));
}

function place(group: Group, evses: readonly PackedEvse[]): void {
  const rank = (evse: PackedEvse): number => (evse.draft.connectors.length === 0 ? 0 : evse.hasDc === group.isDc ? 1 : 2);
  // Sorting is stable, so equal files give equal EVSEs.
  const order = [...evses].sort((a, b) => rank(a) - rank(b));
  let next = 0;
  for (const { connector, quantity, status } of group.plugs) {
    for (let unit = 0; unit < quantity; unit++) {
      const evse = order[next++];
      if (evse === undefined) return;
      evse.draft.connectors.push({ ...connector, ref: unit === 0 ? connector.ref : undefined });
      evse.statuses.push(status);
      evse.hasDc ||= group.isDc;
    }
  }
}

/** Largest groups first, so that the smaller fill up what they leave. */
function groupByStandard(plugs: readonly PlugDraft[]): Group[] {
  const groups = new Map<string, Group>();
  for (const plug of plugs) {
    const standard = connectorStandardOf(plug.connector.standard ?? '');
    const isDc = standard !== undefined && typicalElectrics(standard).powerType === 'DC';
    const group = groups.get(standard ?? '') ?? { plugs: [], size: 0, isDc };
    group.plugs.push(plug);
    group.size += plug.quantity;
    groups.set(standard ?? '', group);
  }
  return [...groups.values()].sort((a, b) => b.size - a.size);
}

/** An EVSE is out of order only if all its plugs are. */
function commonStatus(statuses: readonly (string | undefined)[]): string | undefined {
  return statuses.every((status) => status === statuses[0]) ? statuses[0] : undefined;
}
