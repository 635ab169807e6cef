/** Tariffs and charge detail records as OCPI 2.2.1 writes them (mod_tariffs, mod_cdrs), as far as prices depend on them. Fields that are not known are let pass. */
import Type, { type Static } from 'typebox';
import { DAYS_OF_WEEK, PRICE_COMPONENT_TYPES, RESERVATION_RESTRICTIONS } from '../../domain/pricing/index.ts';

const words = <T extends string>(list: readonly T[]) => Type.Unsafe<T>(Type.String({ enum: [...list] }));
const amount = Type.Number({ minimum: 0, maximum: 1e12 });
const moment = Type.String({ pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z?$`, description: 'UTC, with or without Z' });

export const PriceSchema = Type.Object({ excl_vat: amount, incl_vat: Type.Optional(amount) });

const Restrictions = Type.Object({
  start_time: Type.Optional(Type.String()), end_time: Type.Optional(Type.String()), start_date: Type.Optional(Type.String()), end_date: Type.Optional(Type.String()),
  min_kwh: Type.Optional(amount), max_kwh: Type.Optional(amount), min_current: Type.Optional(amount), max_current: Type.Optional(amount),
  min_power: Type.Optional(amount), max_power: Type.Optional(amount), min_duration: Type.Optional(amount), max_duration: Type.Optional(amount),
  day_of_week: Type.Optional(Type.Array(words(DAYS_OF_WEEK))), reservation: Type.Optional(words(RESERVATION_RESTRICTIONS)),
});

export const TariffSchema = Type.Object({
  currency: Type.String({ minLength: 3, maxLength: 3 }),
  min_price: Type.Optional(PriceSchema), max_price: Type.Optional(PriceSchema),
  start_date_time: Type.Optional(moment), end_date_time: Type.Optional(moment),
  elements: Type.Array(Type.Object({
    price_components: Type.Array(Type.Object({
      type: words(PRICE_COMPONENT_TYPES), price: amount, vat: Type.Optional(amount), step_size: Type.Integer({ minimum: 0 }),
    })),
    restrictions: Type.Optional(Restrictions),
  })),
});
export type OcpiTariff = Static<typeof TariffSchema>;

/** Kinds of dimensions that something depends on; others (STATE_OF_CHARGE and so on) are let pass. */
export const CdrSchema = Type.Object({
  currency: Type.Optional(Type.String({ minLength: 3, maxLength: 3 })), start_date_time: moment, end_date_time: Type.Optional(moment),
  charging_periods: Type.Array(Type.Object({
    start_date_time: moment, dimensions: Type.Array(Type.Object({ type: Type.String(), volume: Type.Number({ minimum: -1e9, maximum: 1e9 }) })),
  }), { minItems: 1, maxItems: 10_000 }),
});
export type OcpiCdr = Static<typeof CdrSchema>;
