/** Which EVSEs and connectors of a location fit what a driver asks for. Pure. */
import { DomainError } from '../../platform/errors/index.ts';
import { chargingPowerW, type VehicleLimits } from '../drivers/index.ts';
import { evsesOf, isBookable, type Connector, type ConnectorStandard, type Evse, type Location } from '../stations/index.ts';

export interface Target {
  evseId?: string;
  stationId?: string;
  connectorId?: string;
  connectorStandards?: ConnectorStandard[];
}

/** An EVSE with the connector through which it would be used. */
export interface Candidate {
  evse: Evse;
  connector: Connector;
  /** what the connector gives and the vehicle takes, in watts */
  powerW: number;
}

/**
 * The candidates in the order of their EVSE's ids (the order in which they are locked), each with the connector that charges
 * this vehicle fastest. Throws `evse_not_bookable` or `connector_incompatible` when there is none.
 */
export function findCandidates(location: Location, target: Target, vehicle?: VehicleLimits): Candidate[] {
  const evses = evsesOf(location).filter((evse) =>
    (target.evseId === undefined || evse.id === target.evseId) && (target.stationId === undefined || evse.stationId === target.stationId));
  const bookable = evses.filter(isBookable);
  if (bookable.length === 0) throw new DomainError('evse_not_bookable', 'There is no EVSE that can be booked.');
  const candidates = bookable.flatMap((evse) => bestConnector(evse, target, vehicle) ?? []).sort((a, b) => (a.evse.id < b.evse.id ? -1 : 1));
  if (candidates.length === 0) throw new DomainError('connector_incompatible', 'No connector there fits what was asked for, or the vehicle.');
  return candidates;
}

/** The same, or none. */
export function candidatesOrNone(location: Location, target: Target, vehicle?: VehicleLimits): Candidate[] {
  try {
    return findCandidates(location, target, vehicle);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
}

function bestConnector(evse: Evse, target: Target, vehicle?: VehicleLimits): Candidate | undefined {
  const wanted = target.connectorStandards?.length ? target.connectorStandards : undefined;
  const fitting = evse.connectors
    .filter((connector) => target.connectorId === undefined || connector.id === target.connectorId)
    .filter((connector) => wanted === undefined || wanted.includes(connector.standard))
    .filter((connector) => vehicle === undefined || vehicle.connectorStandards.length === 0 || vehicle.connectorStandards.includes(connector.standard))
    .map((connector) => ({ evse, connector, powerW: chargingPowerW(connector, vehicle) }));
  return fitting.reduce<Candidate | undefined>((best, candidate) => (best === undefined || candidate.powerW > best.powerW ? candidate : best), undefined);
}
