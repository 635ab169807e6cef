import Type from 'typebox';
import { METHODS, PAID_OBJECTS, PAYMENT_STATUSES, TIMINGS, type Method } from '../../../domain/payments/index.ts';
import { AmountMinor, Id, InstantOut, Metadata, Nullable, Strict } from './common.ts';
import { BillLineOut } from './prices.ts';

const optional = Type.Optional;
const Money = Type.Integer({ description: 'in minor units of the currency' });
const Url = (description: string) => Type.String({ pattern: '^https?://', maxLength: 2_000, description });

const WAYS = Object.keys(METHODS).filter((method) => method !== 'terminal' && method !== 'saved_method') as Method[];
export const PaymentIn = Strict({
  method: Type.Enum(WAYS, { description: WAYS.map((method) => `\`${method}\`: ${METHODS[method]}`).join('; ') }),
  provider: optional(Type.String({ minLength: 1, maxLength: 40, description: 'who collects it, where several could' })),
  amount: optional(AmountMinor('more than what is due, the whole estimate say')), return_url: optional(Url('where the payment page sends the driver afterwards')),
  upi_address: optional(Type.String({ pattern: '^[A-Za-z0-9._-]{2,256}@[A-Za-z]{2,64}$', description: "of the driver, for `upi_transfer`" })),
  metadata: optional(Metadata),
});
export const PaymentOut = Type.Object({
  id: Id('payment'), object: Type.Literal('payment'), for: Type.Object({ object: Type.Enum([...PAID_OBJECTS]), id: Type.String() }), organisation_id: Id('organisation'),
  driver: Nullable(Id('driver')), method: Type.Enum(Object.keys(METHODS) as Method[]), provider: Nullable(Type.String()), timing: Type.Enum([...TIMINGS]),
  capture: Type.Enum(['manual', 'automatic'], { description: 'manual: it is authorised first, and captured when it is known what is owed' }),
  status: Type.Enum([...PAYMENT_STATUSES]), currency: Type.String(), amount: Money, carried_amount: Type.Integer({ description: 'how much of it pays what was owed before' }),
  authorized_amount: Money, held_amount: Type.Integer({ description: 'authorised, and neither captured nor released' }), captured_amount: Money, refunded_amount: Money,
  reference: Type.String({ description: 'what a bank transfer has to name' }), url: Nullable(Type.String({ description: 'where the driver pays' })),
  label: Nullable(Type.String()), failure: Nullable(Type.Object({ code: Type.String(), message: Type.String() })), return_url: Nullable(Type.String()),
  expires: Nullable(InstantOut),
  refunds: optional(Type.Array(Type.Object({
    id: Id('refund'), object: Type.Literal('refund'), amount: Money, status: Type.Enum(['pending', 'succeeded', 'failed']), reason: Type.String(), created: InstantOut,
    updated: InstantOut,
  }))),
  is_busy: optional(Type.Boolean({ description: 'its provider is being asked for something' })), metadata: Type.Object({}, { additionalProperties: true }),
  version: Type.Integer(), created: InstantOut, updated: InstantOut,
});
export const PaymentDueOut = Type.Object({
  object: Type.Literal('payment_due'), reservation: Id('reservation'), currency: Type.String(), timing: Type.Enum([...TIMINGS]),
  due: Type.Integer({ description: 'before it is confirmed, or, once it is, before the session' }), covered: Type.Integer({ description: 'authorised or paid already' }),
  estimate: Nullable(Type.Integer({ description: 'of the session, with fee, deposit and a provision for what a charger that is cut off dispenses' })),
  carried: Type.Integer({ description: 'what the driver owes from before: it is paid with the next payment' }),
});
export const BillOut = Type.Object({
  id: Id('bill'), object: Type.Literal('bill'), for: Type.Object({ object: Type.Enum(['reservation', 'session']), id: Type.String() }), session: Nullable(Id('session')),
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
