/** The statement of a wallet on paper (PAY-52). The same one always gives the same bytes. */
import type { Statement } from '../../../domain/payments/index.ts';
import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';
import { block, closePage, MARGIN, openPage, pairs, table, type Column } from './invoice/page.ts';
import { moneyOf } from './invoice/words.ts';

/** A statement, and whose it is. */
export interface NamedStatement {
  statement: Statement;
  provider: string;
  driver: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'Time (UTC)', share: 0.17 }, { title: 'What', share: 0.18 }, { title: 'About', share: 0.33 }, { title: 'Amount', share: 0.16, align: 'right' },
  { title: 'Balance', share: 0.16, align: 'right' },
];

export async function encodeStatementPdf({ statement, provider, driver }: NamedStatement): Promise<Buffer> {
  const { wallet, from, to, openingMinor, movements, closingMinor } = statement;
  const { currency } = wallet;
  const money = (minor: bigint): string => moneyOf(minor, { currency });
  const page = openPage({ title: `Wallet statement, ${currency}`, author: provider, at: new Date(to), texts: provider + driver });
  const half = page.width / 2;
  const left = block(page, provider, [driver, ...(driver === wallet.driverId ? [] : [wallet.driverId])], { x: MARGIN, y: MARGIN, width: half - 20, size: 11 });
  const heading = block(page, 'Wallet statement', [], { x: MARGIN + half, y: MARGIN, width: half, size: 16 }) + 6;
  const sumOf = (isWanted: (minor: bigint) => boolean): bigint => movements.reduce((sum, { amountMinor }) => (isWanted(amountMinor) ? sum + amountMinor : sum), 0n);
  const head = pairs(page, [
    ['From', timeOf(from)], ['Until', timeOf(to)], ['Currency', currency], ['Opening balance', money(openingMinor)], ['Came in', money(sumOf((minor) => minor > 0n))],
    ['Went out', money(sumOf((minor) => minor < 0n))], ['Closing balance', money(closingMinor)],
  ], { x: MARGIN + half, y: heading, width: half });
  let balance = openingMinor;
  const rows = movements.map(({ reason, objectId, amountMinor, at }) => {
    balance += amountMinor;
    return [timeOf(at), wordsOf(reason), objectId, money(amountMinor), money(balance)];
  });
  const [opening, closing] = [[timeOf(from), 'Opening balance', '', '', money(openingMinor)], [timeOf(to), 'Closing balance', '', '', money(closingMinor)]];
  table(page, COLUMNS, [opening, ...rows, closing], Math.max(left, head) + 18);
  return closePage(page, `Wallet statement of ${wallet.driverId}, ${currency}, ${timeOf(from)} to ${timeOf(to)}, times in UTC`);
}

/** `2026-11-21 09:30` */
const timeOf = (at: EpochMs): string => toRfc3339(at).slice(0, 16).replace('T', ' ');

/** `Top-up`, `No-show fee` */
function wordsOf(reason: string): string {
  const words = reason.replace('top_up', 'top-up').replace('no_show', 'no-show').replaceAll('_', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}
