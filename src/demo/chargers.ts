/** The cabinets that the demo network is built of, by what stands on their type plate. */
import type { ConnectorFormat, ConnectorStandard, EvseInput, EvseStatus, PowerType } from '../domain/stations/index.ts';

type ParkingRestrictions = EvseInput['parkingRestrictions'];

/** A plug without its place: the site gives it its ids. */
export interface Plug {
  standard: ConnectorStandard;
  format: ConnectorFormat;
  powerType: PowerType;
  /** of a three-phase plug line to neutral, as OCPI has it */
  maxVoltageV: number;
  maxAmperageA: number;
  maxPowerW: number;
}

/** One vehicle's place at a cabinet. Several plugs at one bay are either-or. */
export interface Bay {
  plugs: Plug[];
  /** may be booked where the location takes bookings at all */
  bookable: boolean;
  status: EvseStatus;
  parkingRestrictions: ParkingRestrictions;
}

/** A cabinet, called by its letter; its bays are painted `A1`, `A2`, … */
export interface Cabinet {
  letter: string;
  model: string;
  bays: Bay[];
  floorLevel?: string;
}

/** What a cabinet or all of its bays differ in from the usual. */
export interface CabinetOptions {
  floorLevel?: string;
  bookable?: boolean;
  status?: EvseStatus;
  parkingRestrictions?: ParkingRestrictions;
}

const VENDOR_SERIES = 'Minchu';
/** What Indian CCS cabinets of these sizes carry: current in ampere at up to 1,000 V, by power in watts. */
const CCS_AMPERAGE_BY_POWER: Record<DcPowerW, number> = { 30_000: 100, 60_000: 150, 120_000: 250, 240_000: 400 };

export type DcPowerW = 30_000 | 60_000 | 120_000 | 240_000;
export type AcPowerW = 7_400 | 22_000;

function ccs2(maxPowerW: DcPowerW): Plug {
  const maxAmperageA = CCS_AMPERAGE_BY_POWER[maxPowerW];
  return { standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerType: 'DC', maxVoltageV: 1_000, maxAmperageA, maxPowerW };
}

const CHADEMO_50_KW: Plug = { standard: 'CHADEMO', format: 'CABLE', powerType: 'DC', maxVoltageV: 500, maxAmperageA: 125, maxPowerW: 50_000 };
/** Bharat DC-001, for the low-voltage cars and three-wheelers of before 2020 */
const BHARAT_DC_15_KW: Plug = { standard: 'GBT_DC', format: 'CABLE', powerType: 'DC', maxVoltageV: 100, maxAmperageA: 200, maxPowerW: 15_000 };
const TYPE_2: Record<AcPowerW, Plug> = {
  7_400: { standard: 'IEC_62196_T2', format: 'SOCKET', powerType: 'AC_1_PHASE', maxVoltageV: 230, maxAmperageA: 32, maxPowerW: 7_400 },
  22_000: { standard: 'IEC_62196_T2', format: 'SOCKET', powerType: 'AC_3_PHASE', maxVoltageV: 230, maxAmperageA: 32, maxPowerW: 22_000 },
};
/** The blue industrial socket of Bharat AC-001 */
const BLUE_3_KW: Plug = {
  standard: 'IEC_60309_2_single_16', format: 'SOCKET', powerType: 'AC_1_PHASE', maxVoltageV: 230, maxAmperageA: 15, maxPowerW: 3_300,
};
/** The 16 A household socket (IS 1293), which scooters charge from with their own charger */
const HOUSEHOLD_3_KW: Plug = { ...BLUE_3_KW, standard: 'DOMESTIC_M' };

function cabinet(letter: string, model: string, bays: Plug[][], options: CabinetOptions): Cabinet {
  const { bookable = true, status = 'AVAILABLE', parkingRestrictions = ['EV_ONLY'], floorLevel } = options;
  return {
    letter,
    model: `${VENDOR_SERIES} ${model}`,
    bays: bays.map((plugs) => ({ plugs, bookable, status, parkingRestrictions })),
    ...(floorLevel === undefined ? {} : { floorLevel }),
  };
}

/** A CCS2 cabinet with a bay per gun. @param powerPerGunW what each gun gives even while the others are in use, in watts */
export function dcStation(letter: string, powerPerGunW: DcPowerW, guns: 1 | 2, options: CabinetOptions = {}): Cabinet {
  const bays = Array.from({ length: guns }, () => [ccs2(powerPerGunW)]);
  return cabinet(letter, `DC ${(powerPerGunW / 1_000) * guns}${guns === 2 ? ' Duo' : ''}`, bays, options);
}

/** A cabinet with one bay, which takes CCS2 or CHAdeMO. */
export function ccsChademoStation(letter: string, options: CabinetOptions = {}): Cabinet {
  return cabinet(letter, 'DC 60 Combi', [[ccs2(60_000), CHADEMO_50_KW]], options);
}

/** A Bharat DC-001 cabinet: one bay with GB/T, 15 kW. */
export function bharatDcStation(letter: string, options: CabinetOptions = {}): Cabinet {
  return cabinet(letter, 'Bharat DC-001', [[BHARAT_DC_15_KW]], options);
}

/** A post with a Type 2 socket per bay. @param powerW what each socket gives, in watts */
export function acStation(letter: string, powerW: AcPowerW, bays: number, options: CabinetOptions = {}): Cabinet {
  return cabinet(letter, `AC ${powerW / 1_000}`, Array.from({ length: bays }, () => [TYPE_2[powerW]]), options);
}

const FOR_SCOOTERS: CabinetOptions = { bookable: false, parkingRestrictions: ['MOTORCYCLES'] };

/** A Bharat AC-001 box: three blue sockets of 3.3 kW for two- and three-wheelers, each a bay. Nobody books those. */
export function bharatAcStation(letter: string, options: CabinetOptions = {}): Cabinet {
  return cabinet(letter, 'Bharat AC-001', [[BLUE_3_KW], [BLUE_3_KW], [BLUE_3_KW]], { ...FOR_SCOOTERS, ...options });
}

/** A rail of household sockets for scooters, each a bay. Nobody books those. */
export function scooterRail(letter: string, sockets: number, options: CabinetOptions = {}): Cabinet {
  const bays = Array.from({ length: sockets }, () => [HOUSEHOLD_3_KW]);
  return cabinet(letter, 'Rail 3.3', bays, { ...FOR_SCOOTERS, ...options });
}
