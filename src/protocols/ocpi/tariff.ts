import { checkTariffValues, type Decimal, type PriceLimit, type Tariff, type TariffElement, type TariffRestrictions } from '../../domain/pricing/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import { DomainError } from '../../platform/errors/index.ts';
import { asUrl, readEnergyMix, readTexts } from '../../domain/stations/import/index.ts';
import { checked } from './check.ts';
import { TariffSchema, type OcpiTariff } from './schemas.ts';

const asTariff = checked(TariffSchema, 'tariff');

/** Throws `invalid_request` for what is no tariff, or none that anything can be priced by (PRC-10); `pointer` is where it lies. */
export function parseTariff(value: unknown, pointer = ''): Tariff {
  const written = asTariff(value, pointer);
  const tariff: Tariff = {
    currency: written.currency, elements: written.elements.map(toElement), ...given({
      minPrice: written.min_price && toLimit(written.min_price), maxPrice: written.max_price && toLimit(written.max_price),
      validFrom: optionalMoment(written.start_date_time), validUntil: optionalMoment(written.end_date_time), ...textsOf(value as object),
    }),
  };
  inItsWords(pointer, () => checkTariffValues(tariff));
  return tariff;
}

/** PRC-23: what is only shown. Of that, what is wrong is let pass: a price does not fail because of it. */
function textsOf(written: { tariff_alt_text?: unknown; tariff_alt_url?: unknown; energy_mix?: unknown }): Partial<Pick<Tariff, 'altText' | 'altUrl' | 'energyMix'>> {
  const altText = readTexts(written.tariff_alt_text);
  const energyMix = readEnergyMix(written.energy_mix, []);
  return { altText: altText.length > 0 ? altText : undefined, altUrl: asUrl(written.tariff_alt_url), energyMix: energyMix && given(energyMix) };
}

/** What OCPI calls the fields that the domain calls otherwise. */
const OCPI_NAMES: Record<string, string> = {
  components: 'price_components', taxPercent: 'vat', stepSize: 'step_size', minPrice: 'min_price', maxPrice: 'max_price', exclTax: 'excl_vat', inclTax: 'incl_vat',
  startTime: 'start_time', endTime: 'end_time', startDate: 'start_date', endDate: 'end_date', minEnergyWh: 'min_kwh', maxEnergyWh: 'max_kwh', minCurrentA: 'min_current',
  maxCurrentA: 'max_current', minPowerW: 'min_power', maxPowerW: 'max_power', minDurationS: 'min_duration', maxDurationS: 'max_duration', daysOfWeek: 'day_of_week',
};

function inItsWords(pointer: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const errors = error.details.errors?.map((one) => ({ ...one, pointer: pointer + one.pointer.split('/').map((name) => OCPI_NAMES[name] ?? name).join('/') }));
    throw new DomainError(error.code, error.message, { ...error.details, errors });
  }
}

function toElement({ price_components: components, restrictions }: OcpiTariff['elements'][number]): TariffElement {
  return {
    components: components.map(({ type, price, vat, step_size: stepSize }) => ({
      type, price: decimalOf(price), stepSize, ...(vat === undefined ? {} : { taxPercent: decimalOf(vat) }),
    })),
    ...(restrictions === undefined ? {} : { restrictions: toRestrictions(restrictions) }),
  };
}

function toRestrictions(r: NonNullable<OcpiTariff['elements'][number]['restrictions']>): TariffRestrictions {
  return given({
    startTime: r.start_time, endTime: r.end_time, startDate: r.start_date, endDate: r.end_date, minEnergyWh: thousand(r.min_kwh), maxEnergyWh: thousand(r.max_kwh),
    minCurrentA: r.min_current, maxCurrentA: r.max_current, minPowerW: thousand(r.min_power), maxPowerW: thousand(r.max_power), minDurationS: r.min_duration,
    maxDurationS: r.max_duration, daysOfWeek: r.day_of_week, reservation: r.reservation,
  });
}

/** kWh and kW as Wh and W; what lies below a thousandth of these is the noise of binary fractions. */
function thousand(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 1e6) / 1e3;
}

function toLimit({ excl_vat: exclTax, incl_vat: inclTax }: { excl_vat: number; incl_vat?: number }): PriceLimit {
  return { exclTax: decimalOf(exclTax), ...(inclTax === undefined ? {} : { inclTax: decimalOf(inclTax) }) };
}

/** A number as it was written, without an exponent. */
export function decimalOf(value: number): Decimal {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12) : text;
}

/** A time of OCPI, which is UTC, with `Z` or without. */
export function parseMoment(text: string): EpochMs {
  return Date.parse(text.endsWith('Z') ? text : `${text}Z`);
}

const optionalMoment = (text: string | undefined): EpochMs | undefined => (text === undefined ? undefined : parseMoment(text));

/** The fields that are there. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
}
