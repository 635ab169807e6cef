/** What an order comes to, as `beckn:orderValue`: components that sum to the value, exactly (BKC-5). */
import { decimalOfUnits, minorDigits } from '../../../../domain/pricing/index.ts';
import type { Beside, Line, Sum } from '../../provider/index.ts';
import type { Fields } from '../../wire/index.ts';
import { amountOf } from './words.ts';

const NAMES: Record<string, string> = {
  energy: 'Base charging session cost', time: 'Charging time', parking_time: 'Idle time', reservation_time: 'Reservation time', flat: 'Session fee',
  reservation_flat: 'Reservation fee',
  min_price: 'Up to the minimum price', max_price: 'Down to the maximum price', service_fee: 'Service fee', reservation_fee: 'Reservation fee', no_show_fee: 'No-show fee',
  cancellation_fee: 'Cancellation fee', reservation_fee_credit: 'Reservation fee, credited', surcharge: 'Surge price',
};
const BESIDES: Record<Beside, string> = {
  overage: 'Overcharge estimation, given back where it is not used', deposit: 'Deposit, given back when the slot is used', owed: 'Outstanding from before',
};
const UNITS: readonly string[] = ['energy', 'time', 'parking_time', 'min_price'];

function typeOf({ kind, exclTaxMinor }: Line): string {
  if (BigInt(exclTaxMinor) < 0n) return 'DISCOUNT';
  return kind === 'surcharge' ? 'SURCHARGE' : UNITS.includes(kind) ? 'UNIT' : 'FEE';
}

function descriptionOf({ kind, name, quantity, unit, unitPrice }: Line, currency: string): string {
  const named = name ?? NAMES[kind] ?? kind;
  return unit === 'once' ? named : `${named} (${trimmed(unitPrice)} ${currency}/${unit} × ${trimmed(quantity)} ${unit})`;
}

const trimmed = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);

/** Taxes are one component; `backMinor` is UBC's signal of what is given back, which is no part of the value. */
export function orderValue({ currency, lines, more }: Sum, paid?: { paidMinor: bigint; backMinor: bigint }): Fields {
  const taxMinor = lines.reduce((sum, line) => sum + BigInt(line.taxMinor), 0n);
  const all = [
    ...lines.map((line) => ({ type: typeOf(line), minor: BigInt(line.exclTaxMinor), description: descriptionOf(line, currency) })),
    ...(taxMinor === 0n ? [] : [{ type: 'TAX', minor: taxMinor, description: 'Tax' }]),
    ...more.map(({ kind, minor }) => ({ type: 'FEE', minor: BigInt(minor), description: BESIDES[kind] })),
  ];
  const totalMinor = all.reduce((sum, { minor }) => sum + minor, 0n);
  const text = (minor: bigint): string => `${currency} ${decimalOfUnits(minor, minorDigits(currency))}`;
  const refund = paid && paid.backMinor > 0n ? [{
    type: 'DISCOUNT', minor: -paid.backMinor,
    description: `Refund adjustment: what is given back, no part of the value (${text(paid.paidMinor)} paid − ${text(totalMinor)} = ${text(paid.backMinor)})`,
  }] : [];
  return {
    currency, value: amountOf(totalMinor, currency),
    components: [...all, ...refund].map(({ type, minor, description }) => ({ type, value: amountOf(minor, currency), currency, description })),
  };
}
