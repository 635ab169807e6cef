/** A tariff of ours as OCPI 2.2.1 writes it (mod_tariffs): amounts are numbers there, energy is in kWh and power in kW. */
import type { Decimal, PriceLimit, Tariff, TariffElement, TariffRestrictions } from '../../domain/pricing/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import type { OcpiTariff } from './schemas.ts';
import { given } from './tariff.ts';

/** Reading it again gives the same tariff. Of restrictions by energy and power, what is finer than a thousandth of a Wh or W is lost. */
export function writeTariff(tariff: Tariff) {
  const { energyMix: mix } = tariff;
  return given({
    currency: tariff.currency,
    tariff_alt_text: tariff.altText, tariff_alt_url: tariff.altUrl,
    min_price: tariff.minPrice && toPrice(tariff.minPrice), max_price: tariff.maxPrice && toPrice(tariff.maxPrice),
    elements: tariff.elements.map(toElement),
    start_date_time: momentOf(tariff.validFrom), end_date_time: momentOf(tariff.validUntil),
    energy_mix: mix && given({
      is_green_energy: mix.isGreenEnergy, energy_sources: mix.energySources, environ_impact: mix.environImpact, supplier_name: mix.supplierName,
      energy_product_name: mix.energyProductName,
    }),
  });
}

function toElement({ components, restrictions: r }: TariffElement): OcpiTariff['elements'][number] {
  return {
    price_components: components.map(({ type, price, taxPercent, stepSize }) => given({ type, price: Number(price), vat: numberOf(taxPercent), step_size: stepSize })),
    ...(r === undefined ? {} : { restrictions: toRestrictions(r) }),
  };
}

function toRestrictions(r: TariffRestrictions): NonNullable<OcpiTariff['elements'][number]['restrictions']> {
  return given({
    start_time: r.startTime, end_time: r.endTime, start_date: r.startDate, end_date: r.endDate, min_kwh: thousandth(r.minEnergyWh), max_kwh: thousandth(r.maxEnergyWh),
    min_current: r.minCurrentA, max_current: r.maxCurrentA, min_power: thousandth(r.minPowerW), max_power: thousandth(r.maxPowerW), min_duration: r.minDurationS,
    max_duration: r.maxDurationS, day_of_week: r.daysOfWeek && [...r.daysOfWeek], reservation: r.reservation,
  });
}

function toPrice({ exclTax, inclTax }: PriceLimit) {
  return given({ excl_vat: Number(exclTax), incl_vat: numberOf(inclTax) });
}

const numberOf = (value: Decimal | undefined): number | undefined => (value === undefined ? undefined : Number(value));
const thousandth = (value: number | undefined): number | undefined => (value === undefined ? undefined : value / 1_000);
const momentOf = (at: EpochMs | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());
