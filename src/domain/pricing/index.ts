/** What charging costs: tariffs, and the one engine that prices quotes, running sessions and bills. Pure: no database, no clock. */
export { isCurrency } from './currency.ts';
export { checkTariffValues } from './check-tariff.ts';
export { exact, toDecimal, ZERO, type Decimal, type Fraction } from './decimal.ts';
export type { Amounts } from './limits.ts';
export type { Period, ReservationOutcome } from './period.ts';
export { preparedTariff, pricePeriods, type Chosen, type LineKind, type PriceLine, type PricedPeriods } from './price-periods.ts';
export {
  DAYS_OF_WEEK, PRICE_COMPONENT_TYPES, RESERVATION_RESTRICTIONS, type PriceComponent, type PriceLimit, type Tariff, type TariffElement, type TariffRestrictions,
} from './tariff.ts';
