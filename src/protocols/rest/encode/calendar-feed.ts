/** A calendar feed as iCalendar (RFC 5545): the same reservations always give the same text. */
import { ICalCalendarMethod, ICalEventStatus, ICalEventTransparency, default as createCalendar, type ICalEventData } from 'ical-generator';
import type { CalendarEntry } from '../../../domain/reservations/feed/index.ts';
import type { Reservation, Status } from '../../../domain/reservations/index.ts';
import { findEvse, type Location } from '../../../domain/stations/index.ts';

/** How often apps are asked to look again. */
const REFRESH_SECONDS = 15 * 60;

const STATUS: Record<Status, ICalEventStatus> = {
  pending: ICalEventStatus.TENTATIVE, confirmed: ICalEventStatus.CONFIRMED, completed: ICalEventStatus.CONFIRMED, cancelled: ICalEventStatus.CANCELLED,
  failed: ICalEventStatus.CANCELLED, expired: ICalEventStatus.CANCELLED,
};

export function encodeCalendarFeed(entries: readonly CalendarEntry[]): string {
  const calendar = createCalendar({
    name: 'Charging', prodId: { company: 'Plugtime', product: 'Calendar feed', language: 'EN' }, method: ICalCalendarMethod.PUBLISH, ttl: REFRESH_SECONDS,
    events: entries.map(encodeEntry),
  });
  return calendar.toString();
}

function encodeEntry({ reservation: r, location }: CalendarEntry): ICalEventData {
  const status = STATUS[r.status];
  return {
    id: r.id, sequence: r.version, stamp: new Date(r.updatedAt), created: new Date(r.createdAt), lastModified: new Date(r.updatedAt), status,
    start: new Date(r.reservedStart ?? r.idealStart), end: new Date(r.reservedEnd ?? r.idealEnd), summary: location ? `Charging at ${plain(location.name)}` : 'Charging',
    description: describe(r, location), transparency: status === ICalEventStatus.CANCELLED ? ICalEventTransparency.TRANSPARENT : ICalEventTransparency.OPAQUE,
    ...(location ? { location: whereabouts(location) } : {}),
  };
}

function whereabouts({ name, address, postalCode, city, coordinates }: Location): NonNullable<ICalEventData['location']> {
  const parts = [name, address, postalCode, city].flatMap((part) => part ?? []).map(plain);
  return { title: parts.join(', '), geo: { lat: coordinates.latitude, lon: coordinates.longitude } };
}

/** Which plug, at which EVSE, in the words that stand on it. */
function describe(r: Reservation, location: Location | undefined): string {
  const evse = location && r.evseId !== null ? findEvse(location, r.evseId) : undefined;
  const connector = evse?.connectors.find(({ id }) => id === r.connectorId);
  const name = [evse?.emi3Id ?? evse?.uid, evse?.physicalReference].filter((part) => part !== undefined).join(', ');
  const lines = [
    connector ? `Plug: ${connector.standard}, ${Math.round(connector.maxPowerW / 1000)} kW` : `Plug: ${r.connectorStandards.join(' or ')}`,
    evse ? `EVSE: ${name}` : 'EVSE: not known yet', `Status: ${r.status}`, `Reservation: ${r.id}`,
  ];
  return lines.map(plain).join('\n');
}

/** One line without control characters, which iCalendar can't carry. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ');
}
