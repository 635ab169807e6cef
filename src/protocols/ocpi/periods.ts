import { exact, type Fraction, type Period } from '../../domain/pricing/index.ts';
import { checked } from './check.ts';
import { CdrSchema, type OcpiCdr } from './schemas.ts';
import { decimalOf, given, parseMoment } from './tariff.ts';

/** Throws `invalid_request` for what is no charge detail record. */
export const parseCdr = checked(CdrSchema, 'CDR');

/** The charging periods of a CDR, as they are: whoever wrote it has split them where a price changes. */
export function periodsOf({ charging_periods: periods }: OcpiCdr): Period[] {
  return periods.map(({ start_date_time: start, dimensions }) => {
    const volume = (type: string) => dimensions.find((dimension) => dimension.type === type)?.volume;
    return {
      start: parseMoment(start), ...given({
        energyWh: energyOf(volume('ENERGY')), chargingS: secondsOf(volume('TIME')), parkingS: secondsOf(volume('PARKING_TIME')),
        reservationS: secondsOf(volume('RESERVATION_TIME')), minCurrentA: volume('MIN_CURRENT'), maxCurrentA: volume('MAX_CURRENT'),
        minPowerW: wattsOf(volume('MIN_POWER')), maxPowerW: wattsOf(volume('MAX_POWER')),
      }),
    };
  });
}

const energyOf = (kWh: number | undefined): Fraction | undefined => (kWh === undefined ? undefined : exact(decimalOf(kWh)).mul(1_000));
/** Hours are written with some decimals and mean whole seconds; a step would else be rounded up for a thousandth of one. */
const secondsOf = (hours: number | undefined): Fraction | undefined => (hours === undefined ? undefined : exact(Math.round(hours * 3_600)));
const wattsOf = (kW: number | undefined): number | undefined => (kW === undefined ? undefined : Math.round(kW * 1e6) / 1e3);
