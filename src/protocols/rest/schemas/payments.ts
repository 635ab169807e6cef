import Type from 'typebox';
import { METHODS, PAID_OBJECTS, PAYMENT_STATUSES, TIMINGS, TOP_UP_STATUSES, TOP_UP_TYPES, type Method } from '../../../domain/payments/index.ts';
import { AmountMinor, Currency, Id, InstantOut, Metadata, Nullable, Strict } from './common.ts';
import { BillLineOut } from './prices.ts';

const optional = Type.Optional;
const Money = Type.Integer({ description: 'in minor units of the currency' });
const PositiveMinor = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: `${description}, in minor units` });
const Url = (description: string) => Type.String({ pattern: '^https?://', maxLength: 2_000, description });

const WAYS = Object.keys(METHODS).filter((method) => method !== 'terminal') as Method[];
const way = (ways: readonly Method[]) => ({
  method: Type.Enum([...ways], { description: ways.map((method) => `\`${method}\`: ${METHODS[method]}`).join('; ') }),
  provider: optional(Type.String({ minLength: 1, maxLength: 40, description: 'who collects it, where several could' })),
  return_url: optional(Url('where the payment page sends the driver afterwards')),
  upi_address: optional(Type.String({ pattern: '^[A-Za-z0-9._-]{2,256}@[A-Za-z]{2,64}$',
    description: "of the driver, for `upi_transfer` where the provider sends a request; else `url` opens the driver's UPI app" })),
  payment_method: optional(Id('paymentMethod', "for `saved_method`; the driver's default one, unless told")),
  save_payment_method: optional(Type.Boolean({ description: 'the card or mandate is saved for later payments of the driver, who has agreed to that' })),
  metadata: optional(Metadata),
});
export const PaymentIn = Strict({ ...way(WAYS), amount: optional(AmountMinor('more than what is due, the whole estimate say')) });
export const TopUpIn = Strict({
  driver: Id('driver'), currency: Currency, amount: AmountMinor('what is paid'),
  wallet_amount: optional(AmountMinor("what gets into the wallet, at least `amount`; the difference is a bonus from the provider's promotions, which no driver's key can give")),
  ...way(WAYS.filter((method) => method !== 'wallet')),
});
export const PaymentOut = Type.Object({
  id: Id('payment'), object: Type.Literal('payment'), for: Type.Object({ object: Type.Enum([...PAID_OBJECTS]), id: Type.String() }), organisation_id: Id('organisation'),
  driver: Nullable(Id('driver')), method: Type.Enum(Object.keys(METHODS) as Method[]), provider: Nullable(Type.String()), timing: Type.Enum([...TIMINGS]),
  capture: Type.Enum(['manual', 'automatic'], { description: 'manual: it is authorised first, and captured when it is known what is owed' }),
  status: Type.Enum([...PAYMENT_STATUSES]), currency: Type.String(), amount: Money, carried_amount: Type.Integer({ description: 'how much of it pays what was owed before' }),
  authorized_amount: Money, held_amount: Type.Integer({ description: 'authorised, and neither captured nor released' }), captured_amount: Money, refunded_amount: Money,
  reference: Type.String({ description: 'what a bank transfer has to name' }), url: Nullable(Type.String({ description: 'where the driver pays' })),
  provider_reference: Nullable(Type.String({ description: 'what its provider, or the terminal, calls it' })),
  settlement: Nullable(Type.Object({
    status: Type.String(), amount: Type.Integer(), at: Type.String(), receipt_id: Nullable(Type.String()), receipt_url: Nullable(Type.String()),
  }, { description: "what a station's own terminal has told afterwards" })),
  label: Nullable(Type.String()), payment_method: Nullable(Id('paymentMethod', 'saved by it, or paid with it')),
  failure: Nullable(Type.Object({ code: Type.String(), message: Type.String() })), return_url: Nullable(Type.String()),
  expires: Nullable(InstantOut),
  refunds: optional(Type.Array(Type.Object({
    id: Id('refund'), object: Type.Literal('refund'), amount: Money, status: Type.Enum(['pending', 'succeeded', 'failed']), reason: Type.String(), created: InstantOut,
    updated: InstantOut,
  }))),
  is_busy: optional(Type.Boolean({ description: 'its provider is being asked for something' })), metadata: Type.Object({}, { additionalProperties: true }),
  version: Type.Integer(), created: InstantOut, updated: InstantOut,
});
export const TopUpOut = Type.Object({
  id: Id('topUp'), object: Type.Literal('top_up'), type: Type.Enum([...TOP_UP_TYPES], { description: 'auto: it began by itself, since the wallet had become low' }),
  organisation_id: Id('organisation'), driver: Id('driver'), currency: Type.String(), amount: Type.Integer({ description: 'what is to be paid' }),
  wallet_amount: Type.Integer({ description: 'what gets into the wallet for it' }), credited: Type.Integer({ description: 'what has got into it' }),
  status: Type.Enum([...TOP_UP_STATUSES]), url: optional(Nullable(Type.String({ description: 'where the driver pays' }))),
  payment: Type.Union([PaymentOut, Id('payment')], { description: 'in events its id alone' }), metadata: Type.Object({}, { additionalProperties: true }), version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
});
export const PaymentMethodOut = Type.Object({
  id: Id('paymentMethod'), object: Type.Literal('payment_method'), driver: Id('driver'), provider: Type.String(),
  label: Type.String({ description: 'what a person may see of it' }), is_default: optional(Type.Boolean({ description: 'used where none is named' })), version: Type.Integer(),
  created: InstantOut, updated: InstantOut,
});
export const AutoTopUpIn = Strict({
  active: Type.Boolean(), payment_method: optional(Id('paymentMethod', "the driver's default one, unless told")),
  amount: PositiveMinor('with how much it is topped up, at least `below`'), below: PositiveMinor('when less than so much is available'),
});
export const AutoTopUpOut = Type.Object({
  object: Type.Literal('auto_top_up'), driver: Id('driver'), currency: Type.String(), active: Type.Boolean(), payment_method: Id('paymentMethod'), amount: Money, below: Money,
  rests_until: Nullable(Type.Unsafe<string | number>({ ...InstantOut, description: 'after a failure: when it is tried again, unless it is set anew before' })),
  failure: Nullable(Type.String({ description: 'why it rests' })), version: Type.Integer(), updated: InstantOut,
});
export const OutstandingPaymentIn = Strict({ ...way(WAYS), amount: optional(PositiveMinor('all that is owed, unless told')) });
export const OutstandingOut = Type.Object({
  id: Id('ledgerAccount'), object: Type.Literal('outstanding'), driver: Id('driver'), currency: Type.String(), amount: Type.Integer({ description: 'what is owed in all' }),
  bills: Type.Array(Type.Object({
    bill: Id('bill'), for: Type.Object({ object: Type.String(), id: Type.String() }), total: Money, amount: Type.Integer({ description: 'what of it is owed still' }),
    created: InstantOut,
  })),
});
export const PaymentDueOut = Type.Object({
  object: Type.Literal('payment_due'), reservation: Id('reservation'), currency: Type.String(), timing: Type.Enum([...TIMINGS]),
  due: Type.Integer({ description: 'before it is confirmed, or, once it is, before the session' }), covered: Type.Integer({ description: 'authorised or paid already' }),
  estimate: Nullable(Type.Integer({ description: 'of the session, with fee, deposit and a provision for what a charger that is cut off dispenses' })),
  carried: Type.Integer({ description: 'what the driver owes from before: it is paid with the next payment' }),
});
export const BillOut = Type.Object({
  id: Id('bill'), object: Type.Literal('bill'), for: Type.Object({ object: Type.Enum(['reservation', 'session']), id: Type.String() }), session: Nullable(Id('session')),
  signed_meter_values: Nullable(Type.String({ description: 'where what the meter has signed is read' })),
  organisation_id: Id('organisation'), operator_id: Id('organisation'), driver: Nullable(Id('driver')), location_id: Nullable(Id('location')),
  reason: Type.Enum(['charging', 'cancellation', 'no_show', 'nothing']), currency: Type.String(), lines: Type.Array(BillLineOut), excl_tax: Money, tax: Money, total: Money,
  carried: Type.Integer({ description: 'what of an older debt was collected with it' }), outstanding: Type.Integer({ description: 'what of it nobody has paid' }),
  energy_wh: Type.Integer(), started_at: InstantOut, ended_at: InstantOut, rules: Type.Array(Type.Object({ id: Type.String(), version: Type.Integer() })),
  invoice: Nullable(Id('invoice', 'the newest, once its payments are settled')), invoice_problem: Nullable(Type.String({ description: 'why it could not be invoiced' })),
  version: Type.Integer(), created: InstantOut, updated: InstantOut,
});
export const CaptureIn = Strict({ amount: optional(AmountMinor('all that is held, unless told')) });
export const RefundIn = Strict({
  amount: optional(AmountMinor('all that is left of it, unless told')), reason: Type.String({ minLength: 1, maxLength: 200, description: 'why, for the books' }),
});
export const MarkPaidIn = Strict({ amount: optional(AmountMinor('what has come in, if it is not what was asked for')), note: optional(Type.String({ minLength: 1,
  maxLength: 200 })) });
export const AccountOut = Type.Object({
  id: Id('ledgerAccount'), object: Type.Literal('ledger_account'), kind: Type.String(), currency: Type.String(), driver: Nullable(Id('driver')),
  balance: Type.Integer({ description: 'what was given to it, less what was taken from it' }), pending: Type.Integer({ description: 'what of it is promised away' }),
});
