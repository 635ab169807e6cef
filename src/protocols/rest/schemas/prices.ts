/** Tariffs (with the words of OCPI, and units in the names), surcharges, offers and quotes. */
import Type, { type TOptional, type TProperties } from 'typebox';
import { DAYS_OF_WEEK, PRICE_COMPONENT_TYPES, RESERVATION_RESTRICTIONS, type RuleKind } from '../../../domain/pricing/index.ts';
import { PROGRAMME_KINDS } from '../../../domain/programmes/index.ts';
import { DisplayText, EnergyMix, Url } from './location.ts';
import { AmountMinor, Currency, Id, InstantIn, InstantOut, Nullable, Strict } from './common.ts';

const optional = Type.Optional;
/** Text, since JSON's numbers are binary fractions. */
const Decimal = (description: string) => Type.String({ pattern: String.raw`^\d{1,9}(\.\d{1,6})?$`, description: `${description}; a decimal number as text` });
const Percent = (description: string) => Type.String({ pattern: String.raw`^\d{1,3}(\.\d{1,4})?$`, description: `${description}, in percent; a decimal number as text` });
const Name = Type.String({ minLength: 1, maxLength: 200, description: 'as drivers read it' });
const Ref = Type.String({ minLength: 1, maxLength: 36, description: 'your own id of it; connectors name their tariffs by it' });
const clock = Type.String({ pattern: String.raw`^([01]\d|2[0-3]):[0-5]\d$`, description: 'HH:MM where the location is' });
const day = Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}$`, description: 'YYYY-MM-DD where the location is' });
const bound = (description: string) => optional(Type.Number({ minimum: 0, maximum: 1e9, description }));
const locations = Type.Array(Id('location'), { minItems: 1, maxItems: 1_000, description: 'at these only' });
const From = InstantIn('sessions that begin from then'), Until = InstantIn('sessions that begin before then');

const WHEN = {
  start_time: optional(clock), end_time: optional(clock),
  days_of_week: optional(Type.Array(Type.Enum([...DAYS_OF_WEEK]), { minItems: 1, maxItems: 7, uniqueItems: true })),
};
const RESTRICTIONS = {
  ...WHEN, start_date: optional(day), end_date: optional(day), min_energy_wh: bound('of the session so far'), max_energy_wh: bound('of the session so far'),
  min_current_a: bound('A'), max_current_a: bound('A'), min_power_w: bound('W'), max_power_w: bound('W'), min_duration_seconds: bound('of the session so far'),
  max_duration_seconds: bound('of the session so far'),
};
const ALL_HOLD = { description: 'all must hold; lower bounds are included, upper ones are not' };
const Restrictions = Strict({ ...RESTRICTIONS, reservation: optional(Type.Enum([...RESERVATION_RESTRICTIONS])) }, ALL_HOLD);
const Component = Strict({
  type: Type.Enum([...PRICE_COMPONENT_TYPES]), price: Decimal('for a kWh, an hour or once, before tax'), tax_percent: optional(Percent('tax')),
  step_size: optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0, description: 'the total is rounded up to a multiple of it: Wh or seconds; 0 for none' })),
});
const Limit = Strict({ excl_tax: Decimal('before tax'), incl_tax: optional(Decimal('with tax')) });
const ServiceFee = Strict({ amount: optional(Decimal('of each session')), percent: optional(Percent('of tariff and surcharges')), tax_percent: optional(Percent('tax')) },
  { description: 'an amount, or a share' });

const TARIFF = {
  name: Name, is_default: Type.Boolean({ description: 'for connectors that name no tariff' }), currency: Currency,
  elements: Type.Array(Strict({ price_components: Type.Array(Component, { minItems: 1, maxItems: 4 }), restrictions: optional(Restrictions) }), { minItems: 1, maxItems: 200 }),
  min_price: Nullable(Limit), max_price: Nullable(Limit), valid_from: Nullable(From), valid_until: Nullable(Until), service_fee: Nullable(ServiceFee),
  tariff_alt_text: Nullable(Type.Array(DisplayText, { minItems: 1, maxItems: 50, description: 'what drivers read of it, a text for each language' })),
  tariff_alt_url: Nullable(Url), energy_mix: Nullable(EnergyMix),
};
const SURCHARGE = {
  name: Name, currency: Currency,
  type: Nullable(Type.Enum([...PRICE_COMPONENT_TYPES])), price: Nullable(Decimal('for a kWh, an hour or once, with its type')),
  percent: Nullable(Percent('of what the tariff asks then')), tax_percent: Nullable(Percent('tax of the price')),
  restrictions: Nullable(Strict(RESTRICTIONS, ALL_HOLD)), valid_from: Nullable(From),
  valid_until: Nullable(Until), locations: Nullable(locations),
};
const OFFER = {
  name: Name, currency: Currency,
  discount: Strict({
    amount: optional(Decimal('off the total, tax included')), percent: optional(Percent('off the total')), most: optional(Decimal('and no more than this')),
    free_energy_wh: optional(Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'the first so much is free' })),
  }, { description: 'an amount, a share or the first energy' }),
  valid_from: Nullable(From), valid_until: Nullable(Until), when: Nullable(Strict(WHEN, { description: "of the session's beginning" })), locations: Nullable(locations),
  connectors: Nullable(Type.Array(Id('connector'), { minItems: 1, maxItems: 1_000 })),
  programmes: Nullable(Type.Array(Id('programme'), { minItems: 1, maxItems: 100, description: 'for members of one of these' })),
  min_energy_wh: Nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 })), min_amount: Nullable(Decimal('tax included')),
  is_combinable: Type.Boolean({ description: 'may be had beside others that may, too' }),
};

type Optionals<T extends TProperties> = { [K in keyof T]: TOptional<T[K]> };
const optionals = <T extends TProperties>(fields: T) => Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name, optional(schema)])) as Optionals<T>;
const patch = <T extends TProperties>(fields: T) => Type.Partial(Strict(fields), { additionalProperties: false, minProperties: 1 });
const life = { operator_id: Id('organisation'), ref: Type.String(), version: Type.Integer(), created: InstantOut, updated: InstantOut, deleted_at: Nullable(InstantOut) };
const out = <T extends TProperties>(kind: RuleKind, fields: T) => Type.Object({
  id: Id(kind), object: Type.Literal(kind), ...life, ...fields, ...('valid_from' in fields ? { valid_from: Nullable(InstantOut), valid_until: Nullable(InstantOut) } : {}),
});

const { name, currency, elements, ...TARIFF_REST } = TARIFF;
export const TariffIn = Strict({ ref: Ref, name, currency, elements, ...optionals(TARIFF_REST) });
export const TariffPatch = patch(TARIFF);
export const TariffOut = out('tariff', TARIFF);

const { name: _name, currency: _currency, ...SURCHARGE_REST } = SURCHARGE;
export const SurchargeIn = Strict({ ref: Ref, name, currency, ...optionals(SURCHARGE_REST) });
export const SurchargePatch = patch(SURCHARGE);
export const SurchargeOut = out('surcharge', SURCHARGE);

const { name: _offerName, currency: _offerCurrency, discount, ...OFFER_REST } = OFFER;
export const OfferIn = Strict({ ref: Ref, name, currency, discount, ...optionals(OFFER_REST) });
export const OfferPatch = patch(OFFER);
export const OfferOut = out('offer', OFFER);

const FINDER_FEE_TYPES = ['PERCENTAGE', 'AMOUNT'] as const;
const finderFee = { type: Type.Enum([...FINDER_FEE_TYPES]), value: Decimal('percent of the total, or whole units of the currency') };
const BuyerFinderFee = Strict(finderFee, { description: 'for the app that brings the driver; the operator pays it' });

export const QuoteIn = Strict({
  evse: optional(Id('evse', 'the fastest connector there')), connector: optional(Id('connector', 'or this one')), start: optional(InstantIn('when the session begins; now')),
  energy_wh: optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), duration_minutes: optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
  amount: optional(AmountMinor('as much as this pays for')), driver: optional(Id('driver')), vehicle: optional(Id('vehicle')),
  soc_percent: optional(Type.Integer({ minimum: 0, maximum: 99, description: 'how full the battery is at the start' })),
  target_soc_percent: optional(Type.Integer({ minimum: 1, maximum: 100, description: 'until it is so full' })),
  buyer_finder_fee: optional(BuyerFinderFee),
}, { description: 'where, and one of energy_wh, duration_minutes, amount and target_soc_percent' });
const Money = Type.Integer({ description: 'in minor units of the currency' });
export const BillLineOut = Type.Object({
  kind: Type.String(), rule: Nullable(Type.String({ description: 'id of the surcharge or offer' })), name: Nullable(Type.String()),
  element: Nullable(Type.Integer({ description: 'of the tariff, from 0' })), quantity: Type.String(), unit: Type.Enum(['kWh', 'h', 'once']), unit_price: Type.String(),
  tax_percent: Nullable(Type.String()), amount: Money, tax: Money,
});
export const QuoteOut = Type.Object({
  id: Id('quote'), object: Type.Literal('quote'), location_id: Id('location'), evse: Id('evse'), connector: Id('connector'), driver: Nullable(Id('driver')),
  vehicle: Nullable(Id('vehicle')), start: InstantOut, end: InstantOut, power: Type.Number({ description: 'W' }), energy_wh: Type.Integer(), currency: Type.String(),
  soc_percent: Nullable(Type.Integer({ description: 'at the start' })), end_soc_percent: Nullable(Type.Integer({ description: 'at the end' })),
  lines: Type.Array(BillLineOut),
  subtotal: Money, tax: Money, total: Money, overage_provision: Money, hold: Money,
  buyer_finder_fee: Nullable(Type.Object({ ...finderFee, amount: Money })),
  offers: Type.Array(Type.Object({
    id: Id('offer'), name: Type.String(), discount: Money, missing_energy_wh: Nullable(Type.Integer()), missing_amount: Nullable(Money),
    membership: Nullable(Id('membership', 'by which it is open')),
    join: Type.Array(Type.Object({ programme: Id('programme'), kind: Type.Enum([...PROGRAMME_KINDS]), name: Type.String() }), {
      description: 'one of these would have to be joined for it',
    }),
  })),
  tariff: Type.Object({ id: Id('tariff'), version: Type.Integer(), tariff_alt_text: Type.Array(DisplayText), tariff_alt_url: Nullable(Url) }),
  created: InstantOut, expires_at: InstantOut,
});
