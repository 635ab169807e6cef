import { checkOpeningTimes, flattenIntervals, slotGrid, type Interval } from '../calendar/index.ts';
import type { EvseStatus } from '../stations/index.ts';
import { takeBusy, writeBusy } from './busy-times.ts';
import { BOOKABLE, capabilityMask, facilityMask, formatCode, powerTypeCode, standardCode, standardMasks, statusCode } from './codes.ts';
import { compact, compactIfWorthIt } from './compact.ts';
import type { EvseEntry, SearchEntry } from './entry.ts';
import { unitVector } from '../geography/index.ts';
import { acquire, release } from './interner.ts';
import { forgetPosition, positionChanged, prepareWords, type NetworkPart } from './network-part.ts';
import { networkPartOf, type Schedule, type SearchIndex } from './search-index.ts';
import { addRows, FLAG } from './tables.ts';
import { searchableText } from './text.ts';

/**
 * Takes a location into the index, in place of what was known of it. The statuses of its EVSEs are taken from the entry;
 * their busy times stay as they are. An EVSE belongs to the location that named it last.
 * Throws RangeError for data that a location can't have (checked before anything is changed).
 */
export function putLocation(index: SearchIndex, entry: SearchEntry): void {
  const schedule: Schedule = { rule: entry.bookable, timeZone: entry.timeZone, openingTimes: entry.openingTimes };
  const key = scheduleKey(schedule);
  checkEntry(entry);
  if (!index.schedules.numbers.has(key)) checkSchedule(schedule);
  const known = index.locationRows.get(entry.locationId);
  if (known !== undefined && index.locations.network[known] !== index.networks.get(entry.networkId)?.number) removeLocation(index, entry.locationId);
  const part = networkPartOf(index, entry.networkId);
  const row = index.locationRows.get(entry.locationId) ?? newRow(index, part, entry.locationId);
  writeShared(index, row, entry, acquire(index.schedules, key, () => structuredClone(schedule)));
  writePosition(index, part, row, entry);
  writeText(index, part, row, entry);
  writeEvses(index, row, entry.evses);
  compactIfWorthIt(index);
}

/** Takes a location out of the index. One that is not there is no error. */
export function removeLocation(index: SearchIndex, locationId: string): void {
  const { locations } = index;
  const row = index.locationRows.get(locationId);
  if (row === undefined) return;
  const part = index.networksByNumber.get(locations.network[row]!)!;
  dropEvses(index, row);
  release(index.operators, locations.operator[row]!);
  release(index.schedules, locations.schedule[row]!);
  forgetPosition(part, locations, row);
  part.outsideWords.delete(row);
  locations.flags[row] = 0;
  locations.texts[row] = '';
  locations.freeRows.push(row);
  index.locationRows.delete(locationId);
  if (--part.locations === 0) {
    index.networks.delete(part.networkId);
    index.networksByNumber.delete(part.number);
  }
  compactIfWorthIt(index);
}

/**
 * Says when an EVSE can't be had from now on (bookings with their buffers, outages, occupancy), in place of what was
 * known. The EVSE need not be known yet. Infinity is an end that nobody knows.
 */
export function putBusy(index: SearchIndex, evseId: string, intervals: readonly Interval[]): void {
  const flat = flattenIntervals(intervals);
  const row = index.evseRows.get(evseId);
  if (row !== undefined) writeBusy(index.busy, index.evses, row, flat);
  else if (flat.end > 0) index.strayBusy.set(evseId, flat);
  else index.strayBusy.delete(evseId);
}

/** Says what an EVSE reports of itself. False when no location has named it: its status then comes with its location. */
export function putStatus(index: SearchIndex, evseId: string, status: EvseStatus): boolean {
  const row = index.evseRows.get(evseId);
  if (row === undefined) return false;
  index.evses.status[row] = statusCode(status);
  return true;
}

/** Brings the index into its fastest form. Call it after loading; it takes about a second for half a million connectors. */
export function prepareSearch(index: SearchIndex): void {
  compact(index);
  for (const part of index.networks.values()) prepareWords(part, index.locations);
}

const MOST_EVSES = 2 ** 16 - 1;

function checkEntry(entry: SearchEntry): void {
  const { latitude, longitude, evses } = entry;
  if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) throw new RangeError(`not a position: ${latitude}, ${longitude}`);
  if (evses.length > MOST_EVSES) throw new RangeError(`too many EVSEs: ${evses.length}`);
  for (const { status, capabilities, connectors } of evses) {
    statusCode(status);
    capabilityMask(capabilities);
    if (connectors.length > MOST_EVSES) throw new RangeError(`too many connectors: ${connectors.length}`);
    for (const { standard, powerType, format, maxPowerW } of connectors) {
      standardCode(standard);
      powerTypeCode(powerType);
      formatCode(format);
      if (!(maxPowerW >= 0 && maxPowerW < 2 ** 32)) throw new RangeError(`not a power in watts: ${maxPowerW}`);
    }
  }
  facilityMask(entry.facilities);
}

function checkSchedule({ rule, timeZone, openingTimes }: Schedule): void {
  checkOpeningTimes(openingTimes);
  slotGrid(rule.gridMinutes, timeZone, 0, 1);
}

function newRow(index: SearchIndex, part: NetworkPart, locationId: string): number {
  const { locations } = index;
  const row = locations.freeRows.pop() ?? addRows(locations, 1);
  locations.ids[row] = locationId;
  locations.network[row] = part.number;
  locations.evseCount[row] = 0;
  locations.flags[row] = 0;
  index.locationRows.set(locationId, row);
  part.locations++;
  return row;
}

/** What is not of this location alone (its schedule is acquired already); a row that is not alive yet holds none of it. */
function writeShared(index: SearchIndex, row: number, entry: SearchEntry, scheduleNumber: number): void {
  const { locations, operators, schedules } = index;
  const operatorNumber = acquire(operators, entry.operatorId, () => entry.operatorId);
  if ((locations.flags[row]! & FLAG.alive) !== 0) {
    release(operators, locations.operator[row]!);
    release(schedules, locations.schedule[row]!);
  }
  locations.operator[row] = operatorNumber;
  locations.schedule[row] = scheduleNumber;
  locations.facilities[row] = facilityMask(entry.facilities);
}

function scheduleKey({ rule, timeZone, openingTimes }: Schedule): string {
  const { mode, gridMinutes, bufferMinutes, minDurationMinutes, maxDurationMinutes, minLeadMinutes, maxLeadMinutes } = rule;
  return JSON.stringify([
    timeZone, mode, gridMinutes, bufferMinutes, minDurationMinutes, maxDurationMinutes, minLeadMinutes, maxLeadMinutes, openingTimes,
  ]);
}

function writePosition(index: SearchIndex, part: NetworkPart, row: number, entry: SearchEntry): void {
  const { locations } = index;
  const { latitude, longitude } = entry;
  const isNew = (locations.flags[row]! & FLAG.alive) === 0;
  if (isNew || locations.latitude[row] !== latitude || locations.longitude[row] !== longitude) {
    positionChanged(part, locations, row);
    locations.latitude[row] = latitude;
    locations.longitude[row] = longitude;
    [locations.x[row], locations.y[row], locations.z[row]] = unitVector(latitude, longitude);
  }
  const published = entry.publish ? FLAG.published : 0;
  const green = entry.greenEnergy === true ? FLAG.green : 0;
  locations.flags[row] = FLAG.alive | published | green | (locations.flags[row]! & FLAG.inTree);
}

function writeText(index: SearchIndex, part: NetworkPart, row: number, entry: SearchEntry): void {
  const { locations } = index;
  const text = searchableText(entry.name, [entry.address, entry.city, entry.operatorName]);
  if (text === locations.texts[row]) return;
  locations.texts[row] = text;
  part.outsideWords.add(row);
}

function writeEvses(index: SearchIndex, row: number, entries: readonly EvseEntry[]): void {
  const { locations, evses, connectors } = index;
  const connectorCount = entries.reduce((sum, entry) => sum + entry.connectors.length, 0);
  const fits = locations.evseCount[row] === entries.length && connectorCountOf(index, row) === connectorCount;
  const [oldEvse, oldConnector] = dropEvses(index, row);
  const firstEvse = fits ? oldEvse : addRows(evses, entries.length);
  let connector = fits ? oldConnector : addRows(connectors, connectorCount);
  if (fits) {
    index.unusedEvses -= entries.length;
    index.unusedConnectors -= connectorCount;
  }
  locations.firstEvse[row] = firstEvse;
  locations.evseCount[row] = entries.length;
  const all = entries.flatMap((entry) => entry.connectors);
  [locations.lowStandards[row], locations.highStandards[row]] = standardMasks(all.map(({ standard }) => standard));
  locations.strongestW[row] = all.reduce((most, { maxPowerW }) => Math.max(most, Math.round(maxPowerW)), 0);
  for (const [i, entry] of entries.entries()) {
    writeEvse(index, firstEvse + i, connector, entry);
    connector += entry.connectors.length;
  }
}

function writeEvse(index: SearchIndex, evse: number, firstConnector: number, entry: EvseEntry): void {
  const { evses, connectors } = index;
  const elsewhere = index.evseRows.get(entry.evseId);
  evses.ids[evse] = entry.evseId;
  evses.stationIds[evse] = entry.stationId;
  evses.status[evse] = statusCode(entry.status);
  evses.capabilities[evse] = capabilityMask(entry.capabilities) | (isBookable(entry) ? BOOKABLE : 0);
  evses.firstConnector[evse] = firstConnector;
  evses.connectorCount[evse] = entry.connectors.length;
  evses.busyCount[evse] = 0;
  if (elsewhere !== undefined) evses.status[elsewhere] = statusCode('REMOVED');
  const busy = elsewhere === undefined ? index.strayBusy.get(entry.evseId) : takeBusy(index.busy, evses, elsewhere);
  if (busy !== undefined) writeBusy(index.busy, evses, evse, busy);
  index.strayBusy.delete(entry.evseId);
  index.evseRows.set(entry.evseId, evse);
  for (const [i, { connectorId, standard, powerType, format, maxPowerW }] of entry.connectors.entries()) {
    const connector = firstConnector + i;
    connectors.ids[connector] = connectorId;
    connectors.standard[connector] = standardCode(standard);
    connectors.powerType[connector] = powerTypeCode(powerType);
    connectors.format[connector] = formatCode(format);
    connectors.maxPowerW[connector] = Math.round(maxPowerW);
  }
}

/** STA-5, the status aside, which changes: no connector, or capabilities without RESERVABLE, and it can't be booked. */
function isBookable({ capabilities, connectors }: EvseEntry): boolean {
  return connectors.length > 0 && (capabilities.length === 0 || capabilities.includes('RESERVABLE'));
}

function connectorCountOf({ locations, evses }: SearchIndex, row: number): number {
  let count = 0;
  const first = locations.firstEvse[row]!;
  for (let evse = first; evse < first + locations.evseCount[row]!; evse++) count += evses.connectorCount[evse]!;
  return count;
}

/** Gives up a location's EVSEs, keeping their busy times in case they come back, and tells which rows are unused now. */
function dropEvses(index: SearchIndex, row: number): [firstEvse: number, firstConnector: number] {
  const { locations, evses } = index;
  const first = locations.firstEvse[row]!;
  const count = locations.evseCount[row]!;
  index.unusedEvses += count;
  index.unusedConnectors += connectorCountOf(index, row);
  for (let evse = first; evse < first + count; evse++) {
    const id = evses.ids[evse]!;
    if (index.evseRows.get(id) !== evse) continue;
    const busy = takeBusy(index.busy, evses, evse);
    if (busy !== undefined) index.strayBusy.set(id, busy);
    index.evseRows.delete(id);
  }
  locations.evseCount[row] = 0;
  return [first, count === 0 ? 0 : evses.firstConnector[first]!];
}
