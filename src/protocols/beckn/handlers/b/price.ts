/** What an order comes to, in the words of the draft: lines that sum to the total, exactly. */
import { decimalOfUnits, minorDigits } from '../../../../domain/pricing/index.ts';
import type { Beside, Line, Sum } from '../../provider/index.ts';
import type { Fields } from '../../wire/index.ts';
import { amountOf } from './words.ts';

const NAMES: Record<string, string> = {
  energy: 'Charging session cost', time: 'Charging time', parking_time: 'Parking', reservation_time: 'Reservation time', flat: 'Session fee', reservation_flat: 'Reservation fee',
  min_price: 'Up to the minimum price', max_price: 'Down to the maximum price', service_fee: 'Service fee', reservation_fee: 'Reservation fee', no_show_fee: 'No-show fee',
  cancellation_fee: 'Cancellation fee', reservation_fee_credit: 'Reservation fee, credited',
};

const BESIDES: Record<Beside, string> = {
  overage: 'Overage provision, refunded where it is not used', deposit: 'Deposit, given back when the slot is used', owed: 'Owed from before',
};

/** What charging itself costs: the price of the item. */
const OF_THE_ITEM: readonly string[] = ['energy', 'time', 'parking_time', 'min_price', 'max_price', 'surcharge'];

const symbolOf = (currency: string): string => new Intl.NumberFormat('en-IN', { style: 'currency', currency }).formatToParts(0).find(({ type }) => type === 'currency')!.value;

function nameOf({ kind, name, quantity, unit, unitPrice }: Line, currency: string): string {
  const named = name ?? NAMES[kind] ?? kind;
  if (unit === 'once') return named;
  const shown = trimmed(unitPrice, minorDigits(currency));
  return `${named} (${trimmed(quantity, 0)} ${unit} @ ${symbolOf(currency)}${shown}/${unit})`;
}

/** Without zeros at the end, beyond so many decimals. */
function trimmed(decimal: string, least: number): string {
  const [whole, decimals = ''] = decimal.split('.');
  const kept = decimals.replace(/0+$/, '').padEnd(least, '0');
  return kept === '' ? whole! : `${whole}.${kept}`;
}

/** BKB-7: `beckn:totals`; taxes are one line. */
export function totalsOf({ currency, lines, more }: Sum, itemId: string): Fields {
  const taxMinor = lines.reduce((sum, line) => sum + BigInt(line.taxMinor), 0n);
  const own = lines.map((line) => ({ name: nameOf(line, currency), minor: BigInt(line.exclTaxMinor), itemId: OF_THE_ITEM.includes(line.kind) ? itemId : undefined }));
  const besides = more.map(({ kind, minor }) => ({ name: BESIDES[kind], minor: BigInt(minor), itemId: undefined }));
  const all = [...own, ...(taxMinor === 0n ? [] : [{ name: 'Tax', minor: taxMinor, itemId: undefined }]), ...besides];
  return {
    '@type': 'schema:PriceSpecification', 'schema:priceCurrency': currency, 'schema:price': amountOf(all.reduce((sum, { minor }) => sum + minor, 0n), currency),
    'beckn:breakup': all.map(({ name, minor, itemId: id }) => ({
      'schema:name': name, ...(id === undefined ? {} : { 'beckn:itemId': id }), 'schema:price': amountOf(minor, currency), 'schema:priceCurrency': currency,
    })),
  };
}

export function itemPriceOf({ currency, lines }: Sum): Fields {
  const minor = lines.filter(({ kind }) => OF_THE_ITEM.includes(kind)).reduce((sum, line) => sum + BigInt(line.exclTaxMinor), 0n);
  return {
    '@type': 'schema:PriceSpecification', currency, value: amountOf(minor, currency), 'schema:priceCurrency': currency, 'schema:price': amountOf(minor, currency),
  };
}

/** `22INR`, as the seed has it */
export const shortAmount = (minor: bigint, currency: string): string => `${trimmed(decimalOfUnits(minor, minorDigits(currency)), 0)}${currency}`;
