/** Real stations and real stays, read from a folder of open data. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { AssignmentConnector } from '../../src/domain/reservations/assignment/index.ts';

export type PowerClass = 'AC' | 'DC';

export interface RealStation {
  id: string;
  latitude: number;
  longitude: number;
  /** each is a place to charge of its own */
  sockets: { powerClass: PowerClass; connector: Omit<AssignmentConnector, 'id'> }[];
}

export interface Stay {
  /** after midnight */
  arrivalMinute: number;
  minutes: number;
}

export interface RealData {
  stations: RealStation[];
  stays: Record<PowerClass, Stay[]>;
}

const STATIONS = ['stations/tr_stations_2025.csv', 'stations/tr_sockets_2025.csv'] as const;
const SESSIONS = ['sessions/perth_2017_18.csv', 'sessions/dundee_2018q2.csv'] as const;
const STAY_MINUTES = { least: 10, most: 240 };

/** Throws where a file is not there. */
export function readData(folder: string): RealData {
  const rows = (file: string): Record<string, string>[] => parse(readFileSync(join(folder, file)), { columns: true, bom: true, record_delimiter: ['\r\n', '\n'] });
  const [stations, sockets] = STATIONS.map(rows);
  const stays: RealData['stays'] = { AC: [], DC: [] };
  for (const row of SESSIONS.flatMap(rows)) {
    const stay = stayOf(row);
    if (stay) stays[/(?<!Semi-)Rapid|50kW/.test(row['Model']!) ? 'DC' : 'AC'].push(stay);
  }
  return { stations: stationsOf(stations!, sockets!), stays };
}

function stationsOf(stations: Record<string, string>[], sockets: Record<string, string>[]): RealStation[] {
  const byStation = Map.groupBy(sockets, (socket) => socket['station_id']!);
  return stations.map((row) => ({
    id: row['id']!, latitude: Number(row['latitude']), longitude: Number(row['longitude']), sockets: (byStation.get(row['id']!) ?? []).map(socketOf),
  })).filter(({ latitude, longitude, sockets: own }) => own.length > 0 && latitude > 35 && latitude < 43 && longitude > 25 && longitude < 45);
}

function socketOf(row: Record<string, string>): RealStation['sockets'][number] {
  const maxPowerW = Math.max(1, Number(row['power'])) * 1_000;
  if (row['charging_method'] === 'AC') return { powerClass: 'AC', connector: { standard: 'IEC_62196_T2', powerType: 'AC_3_PHASE', maxPowerW } };
  return { powerClass: 'DC', connector: { standard: row['connector_type'] === 'DC_CHADEMO' ? 'CHADEMO' : 'IEC_62196_T2_COMBO', powerType: 'DC', maxPowerW } };
}

/** A stay that ends on the day on which it began; undefined where the row tells none, or a shorter or longer one than counts. */
function stayOf(row: Record<string, string>): Stay | undefined {
  const [arrivalMinute, end] = [minuteOf(row['Start Time']), minuteOf(row['End Time'])];
  if (row['Start Date'] !== row['End Date'] || arrivalMinute === undefined || end === undefined) return undefined;
  const minutes = end - arrivalMinute;
  return minutes >= STAY_MINUTES.least && minutes <= STAY_MINUTES.most ? { arrivalMinute, minutes } : undefined;
}

function minuteOf(time: string | undefined): number | undefined {
  const found = /^(\d\d):(\d\d)/.exec(time ?? '');
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}
