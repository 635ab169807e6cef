import { tidyBusy } from './busy-times.ts';
import { moveRows, prepareTree, rowsInTreeOrder } from './network-part.ts';
import type { SearchIndex } from './search-index.ts';
import { addRows, createConnectorTable, createEvseTable, pickRows, type ConnectorTable, type EvseTable } from './tables.ts';

const UNUSED_KEPT = 1_024;
const NO_ROW = 2 ** 32 - 1;

/** Writes all tables anew when more than half of the rows of EVSEs and connectors are unused, so the cost is spread over the changes. */
export function compactIfWorthIt(index: SearchIndex): void {
  const unused = index.unusedEvses + index.unusedConnectors;
  if (unused > UNUSED_KEPT && 2 * unused > index.evses.length + index.connectors.length) compact(index);
}

/**
 * Writes all tables anew, without unused rows and in the order of the trees. Neighbours on the map are then neighbours in
 * memory, which doubles the speed of a search in a large index: it waits for memory more than for anything else.
 */
export function compact(index: SearchIndex): void {
  const parts = [...index.networks.values()];
  for (const part of parts) prepareTree(part, index.locations);
  const order = parts.flatMap(rowsInTreeOrder);
  const newRows = new Uint32Array(index.locations.length).fill(NO_ROW);
  for (const [row, old] of order.entries()) newRows[old] = row;
  for (const part of parts) moveRows(part, newRows);
  index.locations = pickRows(index.locations, order);
  for (const [row, id] of index.locations.ids.entries()) index.locationRows.set(id, row);
  moveEvses(index);
  tidyBusy(index.busy, index.evses);
}

/** Lays EVSEs and connectors side by side, in the order of their locations. */
function moveEvses(index: SearchIndex): void {
  const { locations, evses, connectors, evseRows } = index;
  index.evses = createEvseTable();
  index.connectors = createConnectorTable();
  addRows(index.evses, evses.length - index.unusedEvses);
  addRows(index.connectors, connectors.length - index.unusedConnectors);
  index.unusedEvses = 0;
  index.unusedConnectors = 0;
  let evse = 0;
  let connector = 0;
  for (let row = 0; row < locations.length; row++) {
    const first = locations.firstEvse[row]!;
    locations.firstEvse[row] = evse;
    for (let old = first; old < first + locations.evseCount[row]!; old++) {
      if (evseRows.get(evses.ids[old]!) === old) evseRows.set(evses.ids[old]!, evse);
      copyEvse(evses, old, index.evses, evse);
      index.evses.firstConnector[evse++] = connector;
      for (let i = 0; i < evses.connectorCount[old]!; i++) copyConnector(connectors, evses.firstConnector[old]! + i, index.connectors, connector++);
    }
  }
}

function copyEvse(from: EvseTable, old: number, to: EvseTable, row: number): void {
  to.ids[row] = from.ids[old]!;
  to.stationIds[row] = from.stationIds[old]!;
  to.busyFirst[row] = from.busyFirst[old]!;
  to.busyCount[row] = from.busyCount[old]!;
  to.status[row] = from.status[old]!;
  to.capabilities[row] = from.capabilities[old]!;
  to.connectorCount[row] = from.connectorCount[old]!;
}

function copyConnector(from: ConnectorTable, old: number, to: ConnectorTable, row: number): void {
  to.ids[row] = from.ids[old]!;
  to.standard[row] = from.standard[old]!;
  to.powerType[row] = from.powerType[old]!;
  to.format[row] = from.format[old]!;
  to.maxPowerW[row] = from.maxPowerW[old]!;
}
