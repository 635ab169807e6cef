/** From what an operator tells of a location to the tree with ids, keeping the ids of what is there already. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { Connector, Evse, Location, LocationInput, Station } from './location.ts';
import type { ChildIds } from './store.ts';

const NO_CHILDREN: ChildIds = { stations: [], evses: [], connectors: [] };

interface Identity {
  id: string;
  networkId: string;
  operatorId: string;
  version: number;
  createdAt: EpochMs;
}

/** The tree of a new location, or of one that is there (`children` are the ids that it has had so far). */
export function buildLocation(identity: Identity, input: LocationInput, now: EpochMs, children: ChildIds = NO_CHILDREN): Location {
  const idOf = indexChildren(children);
  const stations = input.stations.map(({ evses, ...station }): Station => {
    const stationId = idOf.station(identity.id, station.ref);
    return { ...station, id: stationId, locationId: identity.id, evses: evses.map((evse) => buildEvse(identity.id, stationId, evse, now, idOf)) };
  });
  return { ...input, ...identity, updatedAt: now, stations };
}

function buildEvse(locationId: string, stationId: string, input: LocationInput['stations'][number]['evses'][number], now: EpochMs, idOf: ReturnType<typeof indexChildren>): Evse {
  const known = idOf.evse(locationId, input.uid);
  const id = known?.id ?? newId('evse');
  const connectors = input.connectors.map((connector): Connector => ({ ...connector, id: idOf.connector(id, connector.ref), evseId: id }));
  // A source that does not know the status does not overrule one that was reported.
  const kept = known !== undefined && (input.status === 'UNKNOWN' || input.status === known.status) && known.status !== 'REMOVED';
  return { ...input, id, stationId, locationId, connectors, status: kept ? known.status : input.status, statusAt: kept ? known.statusAt : now };
}

function indexChildren(children: ChildIds) {
  const key = (child: { parentId: string; key: string }) => `${child.parentId}\n${child.key}`;
  const stations = new Map(children.stations.map((child) => [key(child), child.id]));
  const evses = new Map(children.evses.map((child) => [key(child), child]));
  const connectors = new Map(children.connectors.map((child) => [key(child), child.id]));
  return {
    station: (parentId: string, ref: string) => stations.get(key({ parentId, key: ref })) ?? newId('station'),
    evse: (parentId: string, uid: string) => evses.get(key({ parentId, key: uid })),
    connector: (parentId: string, ref: string) => connectors.get(key({ parentId, key: ref })) ?? newId('connector'),
  };
}

/** STA-4: refs are unique among their siblings, EVSE uids within the location. */
export function requireUniqueRefs(input: LocationInput): void {
  const errors: FieldError[] = [];
  const check = (seen: Set<string>, value: string, pointer: string): void => {
    if (seen.has(value)) errors.push({ pointer, message: `"${value}" is there twice` });
    seen.add(value);
  };
  const stationRefs = new Set<string>();
  const uids = new Set<string>();
  input.stations.forEach((station, s) => {
    check(stationRefs, station.ref, `/stations/${s}/ref`);
    station.evses.forEach((evse, e) => {
      check(uids, evse.uid, `/stations/${s}/evses/${e}/uid`);
      const connectorRefs = new Set<string>();
      evse.connectors.forEach((connector, c) => check(connectorRefs, connector.ref, `/stations/${s}/evses/${e}/connectors/${c}/ref`));
    });
  });
  if (errors.length > 0) throw new DomainError('invalid_request', 'Refs must be unique among siblings.', { errors });
}
