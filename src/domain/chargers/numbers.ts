/** How a station counts its EVSEs and connectors: from 1, in the order in which they were added. */
import type { Station } from '../stations/index.ts';
import type { CommandTarget } from './command.ts';

export interface StationPlace {
  evseId: string;
  /** null at an EVSE of which no connector is known */
  connectorId: string | null;
}

/**
 * What a station means by its own numbers; undefined where nothing has them.
 *
 * @param evseNumber 0 where connectors are numbered through the whole station, as in OCPP 1.6
 * @param connectorNumber 0 where the station does not say which one of the EVSE
 */
export function placeByNumber(station: Station, evseNumber: number, connectorNumber: number): StationPlace | undefined {
  if (evseNumber === 0) {
    const found = allConnectors(station)[connectorNumber - 1];
    return found && { evseId: found.evse, connectorId: found.connector };
  }
  const evse = station.evses[evseNumber - 1];
  if (!evse || connectorNumber > Math.max(1, evse.connectors.length)) return undefined;
  return { evseId: evse.id, connectorId: evse.connectors[Math.max(1, connectorNumber) - 1]?.id ?? null };
}

/** How the station counts this connector, or the first one of an EVSE; undefined where it does not stand there. */
export function numberOf(station: Station, { evse, connector }: { evse?: string; connector?: string }): CommandTarget | undefined {
  const all = allConnectors(station);
  const at = all.findIndex((one) => one.evse === evse || one.connector === connector);
  return at < 0 ? undefined : { evseNumber: all[at]!.evseNumber, connectorNumber: all[at]!.connectorNumber, throughNumber: at + 1 };
}

function allConnectors(station: Station) {
  return station.evses.flatMap((evse, e) => evse.connectors.map(({ id }, c) => ({ evse: evse.id, connector: id, evseNumber: e + 1, connectorNumber: c + 1 })));
}
