/** PRC-10 for surcharges and offers: what can't be meant is refused, with its place. */
import { DomainError, type FieldError } from '../../platform/errors/index.ts';
import { wrongAmount, wrongRestrictions, wrongTariff } from './check-tariff.ts';
import { isCurrency, minorDigits } from './currency.ts';
import type { Decimal } from './decimal.ts';
import type { RuleContents, RuleKind } from './price-rule.ts';
import type { BuyerFinderFee } from './quote.ts';

/** Throws `invalid_request` with all that is wrong; pointers are those of the domain. */
export function checkRule<K extends RuleKind>(kind: K, content: RuleContents[K]): void {
  const errors = kind === 'tariff' ? wrongInTariff(content as RuleContents['tariff'])
    : kind === 'surcharge' ? wrongSurcharge(content as RuleContents['surcharge']) : wrongOffer(content as RuleContents['offer']);
  if (errors.length > 0) throw new DomainError('invalid_request', `That ${kind} can not be used.`, { errors });
}

function wrongInTariff(tariff: RuleContents['tariff']): FieldError[] {
  const { serviceFee } = tariff;
  const fee = serviceFee === undefined ? [] : 'amount' in serviceFee.price
    ? wrongMoney(serviceFee.price.amount, tariff.currency, '/serviceFee/amount') : wrongPercent(serviceFee.price.percent, '/serviceFee/percent');
  return [...wrongTariff(tariff), ...wrongTexts(tariff), ...fee, ...(serviceFee?.taxPercent === undefined ? [] : wrongAmount(serviceFee.taxPercent, '/serviceFee/taxPercent'))];
}

/** PRC-23: what is only shown. */
function wrongTexts({ altText = [], energyMix }: RuleContents['tariff']): FieldError[] {
  const sources = energyMix?.energySources ?? [];
  const share = sources.reduce((sum, { percentage }) => sum + percentage, 0);
  const repeated = (names: readonly string[], pointer: string, field: string): FieldError[] => (
    names.flatMap((name, i) => (names.indexOf(name) < i ? [{ pointer: `${pointer}/${i}/${field}`, message: `is there twice: ${name}` }] : [])));
  return [
    ...repeated(altText.map(({ language }) => language), '/altText', 'language'), ...repeated(sources.map(({ source }) => source), '/energyMix/energySources', 'source'),
    ...(share > 100 + ROUNDING ? [{ pointer: '/energyMix/energySources', message: 'must not be more than 100 percent together' }] : []),
  ];
}

/** What percentages that are written with a few decimals may come to above 100. */
const ROUNDING = 0.1;

function wrongSurcharge({ currency, price, taxPercent, restrictions, validFrom, validUntil }: RuleContents['surcharge']): FieldError[] {
  return [
    ...wrongCurrency(currency), ...('amount' in price ? wrongAmount(price.amount, '/price/amount') : wrongPercent(price.percent, '/price/percent')),
    ...(taxPercent === undefined ? [] : wrongAmount(taxPercent, '/taxPercent')), ...wrongRestrictions(restrictions ?? {}, ''), ...wrongValidity(validFrom, validUntil),
  ];
}

function wrongOffer({ currency, discount, when, validFrom, validUntil, minAmount }: RuleContents['offer']): FieldError[] {
  const wrong = 'amount' in discount ? wrongMoney(discount.amount, currency, '/discount/amount')
    : 'freeEnergyWh' in discount ? []
      : [...wrongPercent(discount.percent, '/discount/percent'), ...(discount.most === undefined ? [] : wrongMoney(discount.most, currency, '/discount/most'))];
  return [
    ...wrongCurrency(currency), ...wrong, ...wrongRestrictions(when ?? {}, '').map(({ pointer, message }) => ({ pointer: pointer.replace('/restrictions', '/when'), message })),
    ...wrongValidity(validFrom, validUntil), ...(minAmount === undefined ? [] : wrongMoney(minAmount, currency, '/minAmount')),
  ];
}

/** What can't be meant by the fee of a buyer app, under the name that a quote gives it. */
export function wrongFinderFee(fee: BuyerFinderFee, currency: string): FieldError[] {
  const pointer = '/buyer_finder_fee/value';
  return 'percent' in fee ? wrongPercent(fee.percent, pointer) : wrongMoney(fee.amount, currency, pointer);
}

function wrongCurrency(currency: string): FieldError[] {
  return isCurrency(currency) ? [] : [{ pointer: '/currency', message: 'is no currency of ISO 4217' }];
}

/** An amount that somebody pays as it is: it has no more decimals than the currency. */
function wrongMoney(amount: Decimal, currency: string, pointer: string): FieldError[] {
  const wrong = wrongAmount(amount, pointer);
  if (wrong.length > 0 || !isCurrency(currency)) return wrong;
  const digits = minorDigits(currency);
  return (amount.split('.')[1] ?? '').length > digits ? [{ pointer, message: `must have at most ${digits} decimals in ${currency}` }] : [];
}

function wrongPercent(percent: Decimal, pointer: string): FieldError[] {
  const wrong = wrongAmount(percent, pointer);
  return wrong.length === 0 && Number(percent) > 100 ? [{ pointer, message: 'must be at most 100' }] : wrong;
}

function wrongValidity(from: number | undefined, until: number | undefined): FieldError[] {
  return from !== undefined && until !== undefined && until <= from ? [{ pointer: '/validUntil', message: 'must be later than the beginning' }] : [];
}
