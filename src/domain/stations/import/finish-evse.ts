/** From EVSE drafts to EVSEs: identities are made unique, what serves nobody is left out with a warning. */
import { CAPABILITIES, EVSE_STATUSES, PARKING_RESTRICTIONS } from '../enums.ts';
import type { ConnectorInput, Coordinates, DisplayText, EvseInput } from '../location.ts';
import type { ConnectorDraft, EvseDraft } from './draft.ts';
import { finishConnector } from './finish-connector.ts';
import { warn } from './record.ts';
import { cleanRef, cleanText, manyOf, NAME_LENGTH_MAX, oneOf, shorten, TEXT_LENGTH_MAX } from './values.ts';

export function finishEvses(drafts: readonly EvseDraft[], warnings: string[]): EvseInput[] {
  const evses = new Map<string, EvseInput>();
  drafts.forEach((draft, at) => {
    const uid = cleanRef(draft.uid) ?? String(at + 1);
    const place = `EVSE ${shorten(uid, 60)}`;
    if (uid.length > NAME_LENGTH_MAX || evses.has(uid)) {
      warn(warnings, 'evse_duplicate', `${place} is named twice, or its name is too long`);
      return;
    }
    const connectors = finishConnectors(draft.connectors, place, warnings);
    // Without a connector nobody can charge there, and OCPI does not know such an EVSE.
    if (connectors.length === 0) warn(warnings, 'evse_without_connectors', `${place} was left out`);
    else evses.set(uid, finishEvse(draft, uid, connectors, warnings));
  });
  return [...evses.values()];
}

/** An EVSE has a few cables; a hundred is already a mistake of the source. */
const CONNECTORS_MAX = 100;

function finishConnectors(drafts: readonly ConnectorDraft[], place: string, warnings: string[]): ConnectorInput[] {
  const connectors = new Map<string, ConnectorInput>();
  if (drafts.length > CONNECTORS_MAX) {
    warn(warnings, 'value_invalid', `${place} has ${drafts.length} connectors; the first ${CONNECTORS_MAX} were taken`);
  }
  const nextRef = freeRefs(drafts);
  drafts.slice(0, CONNECTORS_MAX).forEach((draft) => {
    const connector = finishConnector(draft, cleanRef(draft.ref) ?? nextRef(), place, warnings);
    if (connector === undefined) return;
    if (connectors.has(connector.ref)) warn(warnings, 'connector_duplicate', `connector ${shorten(connector.ref, 60)} of ${place} is named twice`);
    else connectors.set(connector.ref, connector);
  });
  return [...connectors.values()];
}

/** Numbers for connectors without a ref, past those that the source gives to others. */
function freeRefs(drafts: readonly ConnectorDraft[]): () => string {
  const taken = new Set(drafts.map((draft) => cleanRef(draft.ref)));
  let number = 0;
  return () => {
    do number++;
    while (taken.has(String(number)));
    return String(number);
  };
}

function finishEvse(draft: EvseDraft, uid: string, connectors: ConnectorInput[], warnings: string[]): EvseInput {
  const status = oneOf(EVSE_STATUSES, draft.status);
  if (draft.status !== undefined && status === undefined) warn(warnings, 'value_unknown', `status has no member "${shorten(draft.status, 60)}"`);
  return {
    uid,
    emi3Id: cleanText(draft.emi3Id, NAME_LENGTH_MAX, 'EVSE id', warnings),
    status: status ?? 'UNKNOWN',
    capabilities: manyOf(CAPABILITIES, draft.capabilities ?? [], 'capabilities', warnings),
    floorLevel: cleanText(draft.floorLevel, NAME_LENGTH_MAX, 'floor level', warnings),
    coordinates: finishCoordinates(draft.coordinates),
    physicalReference: cleanText(draft.physicalReference, NAME_LENGTH_MAX, 'physical reference', warnings),
    directions: finishDirections(draft.directions, warnings),
    parkingRestrictions: manyOf(PARKING_RESTRICTIONS, draft.parkingRestrictions ?? [], 'parking restrictions', warnings),
    images: draft.images ?? [],
    connectors,
  };
}

export function finishDirections(texts: readonly DisplayText[] | undefined, warnings: string[]): DisplayText[] {
  return (texts ?? []).flatMap(({ language, text }) => {
    const clean = cleanText(text, TEXT_LENGTH_MAX, 'directions', warnings);
    return clean === undefined ? [] : { language: /^[a-z]{2}$/i.test(language) ? language.toLowerCase() : 'en', text: clean };
  });
}

/** Whether the place exists; 0, 0 does, but nobody means it. */
export function isOnEarth(latitude: number, longitude: number): boolean {
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

function finishCoordinates(draft: Partial<Coordinates> | undefined): Coordinates | undefined {
  const { latitude, longitude } = draft ?? {};
  if (latitude === undefined || longitude === undefined) return undefined;
  return isOnEarth(latitude, longitude) && (latitude !== 0 || longitude !== 0) ? { latitude, longitude } : undefined;
}
