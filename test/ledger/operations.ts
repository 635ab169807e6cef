/** What clients do to a ledger, drawn from a seed: whoever knows the seed knows what each has tried to move. */
import type { Leg } from '../../src/domain/payments/index.ts';
import { randomFrom, type Random } from '../support/random.ts';

/** Ids of accounts, by currency. */
export interface Till {
  wallets: string[];
  outside: string;
  promotions: string;
  settlement: string;
  tax: string;
}

export type Operation =
  | { do: 'move' | 'hold'; legs: Leg[] }
  /** ends what an earlier operation has held, if it has */
  | { do: 'capture'; of: number; legs: Leg[]; percent: number }
  | { do: 'release'; of: number };

export const keyOf = (client: number, operation: number): string => `client ${client} operation ${operation}`;

/** All operations of a client, in their order. */
export function operationsOf(tills: readonly Till[], seed: number, client: number, count: number): Operation[] {
  const random = randomFrom(seed * 1_000 + client);
  const open: { of: number; legs: Leg[] }[] = [];
  return Array.from({ length: count }, (_, i) => {
    const till = random.pick(tills);
    const chance = random.below(100);
    if (chance < 25 && open.length > 0) {
      const [ended] = open.splice(random.below(open.length), 1) as [(typeof open)[number]];
      return random.percent(30) ? { do: 'release', of: ended.of } : { do: 'capture', of: ended.of, legs: ended.legs, percent: random.below(101) };
    }
    if (chance < 55) {
      const legs = hold(till, random);
      open.push({ of: i, legs });
      return { do: 'hold', legs };
    }
    return { do: 'move', legs: chance < 75 ? topUp(till, random) : chance < 95 ? payment(till, random) : gift(till, random) };
  });
}

const amount = (random: Random, most: number): bigint => BigInt(1 + random.below(most));

function topUp({ wallets, outside, promotions }: Till, random: Random): Leg[] {
  const toId = random.pick(wallets);
  const paid = { fromId: outside, toId, amountMinor: amount(random, 3_000) };
  return random.percent(30) ? [paid, { fromId: promotions, toId, amountMinor: amount(random, 100) }] : [paid];
}

function payment({ wallets, settlement, tax }: Till, random: Random): Leg[] {
  const fromId = random.pick(wallets);
  return [{ fromId, toId: settlement, amountMinor: amount(random, 800) }, { fromId, toId: tax, amountMinor: amount(random, 150) }];
}

function hold({ wallets, settlement }: Till, random: Random): Leg[] {
  return [{ fromId: random.pick(wallets), toId: settlement, amountMinor: amount(random, 600) }];
}

/** From one wallet to another: two that have a limit. */
function gift({ wallets }: Till, random: Random): Leg[] {
  const from = random.below(wallets.length);
  return [{ fromId: wallets[from]!, toId: wallets[(from + 1 + random.below(wallets.length - 1)) % wallets.length]!, amountMinor: amount(random, 300) }];
}

export const partOf = (amountMinor: bigint, percent: number): bigint => (amountMinor * BigInt(percent)) / 100n;
