/** What a CDR costs by a tariff, written with the names that OCPI has for it: the answer of `plugtime price`. */
import {
  exact, preparedTariff, pricePeriods, toDecimal, ZERO, type Amounts, type Fraction, type LineKind, type Period, type PriceLine, type ReservationOutcome,
} from '../../domain/pricing/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { parseCdr, periodsOf } from './periods.ts';
import { parseTariff } from './tariff.ts';

/** On the wire OCPI has four decimals. */
const DECIMALS = 4;

export interface PriceRequest {
  tariff: unknown;
  cdr: unknown;
  /** IANA time zone of the location */
  tz: string;
  /** what became of the reservation, where the CDR alone does not tell */
  reservation_outcome?: 'USED' | 'EXPIRED';
}

/** Throws `invalid_request` for what is no tariff, no CDR or no time zone, and where their currencies differ. */
export function priceReport({ tariff: writtenTariff, cdr: writtenCdr, tz, reservation_outcome: outcome }: PriceRequest) {
  const tariff = parseTariff(writtenTariff, '/tariff');
  const cdr = parseCdr(writtenCdr, '/cdr');
  requireZone(tz);
  if (cdr.currency !== undefined && cdr.currency !== tariff.currency) {
    throw new DomainError('invalid_request', 'The CDR has another currency than the tariff.', { errors: [{ pointer: '/cdr/currency', message: `must be ${tariff.currency}` }] });
  }
  const periods = periodsOf(cdr);
  const { lines, total, periods: chosen } = pricePeriods(preparedTariff(tariff), periods, tz, outcome?.toLowerCase() as ReservationOutcome | undefined);
  const costOf = (...kinds: LineKind[]) => cost(lines.filter(({ kind }) => kinds.includes(kind)));
  const used = {
    energy: sum(periods, 'energyWh').div(1_000), time: hours(sum(periods, 'chargingS')), parking_time: hours(sum(periods, 'parkingS')),
    reservation_time: hours(sum(periods, 'reservationS')),
  };
  // What has no price is billed at none, as it was used.
  const billed = (kind: keyof typeof used) => number(lines.filter((line) => line.kind === kind).reduce((quantity, line) => quantity.add(line.billed.sub(line.used)), used[kind]));
  return {
    currency: tariff.currency, total_cost: price(total),
    total_energy_cost: costOf('energy'), total_time_cost: costOf('time'), total_parking_cost: costOf('parking_time'), total_fixed_cost: costOf('flat'),
    total_reservation_cost: costOf('reservation_time', 'reservation_flat'),
    total_energy: number(used.energy), total_charging_time: number(used.time), total_parking_time: number(used.parking_time),
    total_time: number(used.time.add(used.parking_time)), total_reservation_time: number(used.reservation_time),
    billed_energy: billed('energy'), billed_charging_time: billed('time'), billed_parking_time: billed('parking_time'), billed_reservation_time: billed('reservation_time'),
    lines: lines.map(encodeLine), periods: chosen,
  };
}

export type PriceReport = ReturnType<typeof priceReport>;

function requireZone(timeZone: string): void {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw new DomainError('invalid_request', 'That time zone is not known.', { errors: [{ pointer: '/tz', message: 'must be an IANA time zone' }] });
  }
}

function sum(periods: readonly Period[], field: 'energyWh' | 'chargingS' | 'parkingS' | 'reservationS'): Fraction {
  return periods.reduce((total, period) => total.add(period[field] ?? ZERO), exact(0));
}

const hours = (seconds: Fraction): Fraction => seconds.div(3_600);

function cost(lines: readonly PriceLine[]): { excl_vat: number; incl_vat: number } | null {
  if (lines.length === 0) return null;
  const exclTax = lines.reduce((total, line) => total.add(line.exclTax), exact(0));
  return price({ exclTax, inclTax: lines.reduce((total, line) => total.add(line.tax), exclTax) });
}

function price({ exclTax, inclTax }: Amounts): { excl_vat: number; incl_vat: number } {
  return { excl_vat: number(exclTax), incl_vat: number(inclTax) };
}

function encodeLine({ kind, element, used, billed, unitPrice, taxPercent, exclTax, tax }: PriceLine) {
  return {
    kind, element, used: number(used), billed: number(billed), unit_price: Number(unitPrice), ...(taxPercent === undefined ? {} : { vat_percent: Number(taxPercent) }),
    excl_vat: number(exclTax), incl_vat: number(exclTax.add(tax)),
  };
}

const number = (value: Fraction): number => Number(toDecimal(value, DECIMALS));
