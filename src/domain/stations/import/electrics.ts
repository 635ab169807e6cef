/** What a connector gives, where the source leaves some of it out. */
import type { ConnectorFormat, ConnectorStandard, PowerType } from '../enums.ts';

export interface Electrics {
  powerType: PowerType;
  format: ConnectorFormat;
  voltageV: number;
  amperageA: number;
}

function dc(voltageV: number, amperageA: number): Electrics {
  return { powerType: 'DC', format: 'CABLE', voltageV, amperageA };
}

function ac(amperageA: number, voltageV = 230, format: ConnectorFormat = 'SOCKET'): Electrics {
  return { powerType: 'AC_1_PHASE', format, voltageV, amperageA };
}

function three(amperageA: number): Electrics {
  return { powerType: 'AC_3_PHASE', format: 'SOCKET', voltageV: 230, amperageA };
}

/**
 * The least that a public connector of each standard usually gives: assumed power sets how long a charge is expected to take,
 * so too little is the safe side. Household sockets, which are not in the table, get 230 V and 10 A.
 */
const TYPICAL: Partial<Record<ConnectorStandard, Electrics>> = {
  CHADEMO: dc(400, 125), CHAOJI: dc(800, 125), GBT_DC: dc(400, 125), IEC_62196_T1_COMBO: dc(400, 125), IEC_62196_T2_COMBO: dc(400, 125),
  TESLA_S: dc(400, 250), PANTOGRAPH_BOTTOM_UP: dc(750, 200), PANTOGRAPH_TOP_DOWN: dc(750, 200),
  TESLA_R: ac(32, 230, 'CABLE'), IEC_62196_T1: ac(30, 230, 'CABLE'), IEC_62196_T2: ac(32), IEC_62196_T3A: ac(16), IEC_62196_T3C: ac(32),
  GBT_AC: ac(32),
  IEC_60309_2_single_16: ac(16), IEC_60309_2_three_16: three(16), IEC_60309_2_three_32: three(32), IEC_60309_2_three_64: three(63),
  DOMESTIC_A: ac(12, 120), DOMESTIC_B: ac(12, 120), NEMA_5_20: ac(16, 120), NEMA_6_30: ac(24, 240), NEMA_6_50: ac(40, 240),
  NEMA_10_30: ac(24, 240), NEMA_10_50: ac(40, 240), NEMA_14_30: ac(24, 240), NEMA_14_50: ac(40, 240),
};
const HOUSEHOLD = ac(10);

export function typicalElectrics(standard: ConnectorStandard): Electrics {
  return TYPICAL[standard] ?? HOUSEHOLD;
}

/** More than one phase can carry through a plug for cars: 32 A at 240 V. */
const ONE_PHASE_POWER_MAX_W = 7_700;

/** The power type that a connector must have, from what is known of it. */
export function inferPowerType(standard: ConnectorStandard, powerW: number | undefined, voltageV: number | undefined): PowerType {
  const { powerType } = typicalElectrics(standard);
  const canBeThreePhase = standard === 'IEC_62196_T2' || standard === 'IEC_62196_T3C' || standard === 'GBT_AC';
  if (!canBeThreePhase) return powerType;
  return (powerW ?? 0) > ONE_PHASE_POWER_MAX_W || (voltageV ?? 0) >= LINE_VOLTAGE_MIN_V ? 'AC_3_PHASE' : powerType;
}

/** No grid has that much between line and neutral, so a three-phase voltage from here on is one between lines. */
const LINE_VOLTAGE_MIN_V = 380;

/** OCPI wants line to neutral of three phases, most sources write 400 V. */
export function lineToNeutralV(powerType: PowerType, voltageV: number): number {
  return powerType === 'AC_3_PHASE' && voltageV >= LINE_VOLTAGE_MIN_V ? Math.round(voltageV / Math.sqrt(3)) : voltageV;
}
