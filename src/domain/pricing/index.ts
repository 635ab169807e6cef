/** What charging costs: tariffs, surcharges and offers, and the one engine that prices quotes, running sessions and bills. */
export { priceFees, priceSession, type Bill, type BillLine, type FixedFee, type PriceRules, type SessionCase } from './bill.ts';
export { isCurrency, minorDigits } from './currency.ts';
export { checkTariffValues } from './check-tariff.ts';
export { promisedRules, takeQuote } from './promised.ts';
export { finderFeeMinor, quoteSession, type Quote } from './quote.ts';
export { createQuote, getQuote, purgeQuotes, type KnownRules } from './quotes.ts';
export { changeRule, createRule, getRule, listRules, retireRule } from './price-rules.ts';
export type { Offer } from './offer.ts';
export type { PriceRule, RuleContents, RuleKind } from './price-rule.ts';
export type { BuyerFinderFee, Wanted } from './quote.ts';
export type { Surcharge } from './surcharge.ts';
export { RULE_KINDS } from './price-rule.ts';
export { rulesInForce, type RulesInForce } from './rules-in-force.ts';
export { runningCost } from './running-cost.ts';
export { shownPrice, type ShownPrice } from './shown-price.ts';
export { listRulesOf as loadRules } from './store.ts';
export type { MeteredInterval } from './split.ts';
export { priceSlots, type SlotPrice } from './slot-prices.ts';
export type { StoredQuote } from './stored-quote.ts';
export { decimalOfUnits, exact, isDecimal, toDecimal, ZERO, type Decimal, type Fraction } from './decimal.ts';
export type { Amounts } from './limits.ts';
export type { Period, ReservationOutcome } from './period.ts';
export { preparedTariff, pricePeriods, type Chosen, type LineKind, type PriceLine, type PricedPeriods } from './price-periods.ts';
export {
  DAYS_OF_WEEK, PRICE_COMPONENT_TYPES, RESERVATION_RESTRICTIONS, type PriceComponent, type PriceLimit, type Tariff, type TariffElement, type TariffRestrictions,
} from './tariff.ts';
