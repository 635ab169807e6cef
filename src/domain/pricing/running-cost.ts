/** What a session has come to while it goes on. */
import { priceSession, type Bill, type PriceRules, type SessionCase } from './bill.ts';
import type { Tariff } from './tariff.ts';

/**
 * PRC-22: prices what has been used so far by the one engine. Steps and the tariff's least price come in only when the session ends, since
 * what is used until then may fill them; its highest price, fees, surcharges and offers count as they do in a bill. A reservation counts
 * as used, for somebody came.
 *
 * So it is never more than the bill of the whole session, unless that earns an offer later, or reaches a highest price whose tax is not
 * given; where the tariff has a least or a highest price, but for the rounding of its lines to it (a minor unit a line, PRC-11).
 * What it would cost if it ended now is `priceSession` of the same.
 */
export function runningCost(rules: PriceRules, soFar: SessionCase): Bill {
  return priceSession({ ...rules, tariff: withoutEnd(rules.tariff) }, { ...soFar, outcome: soFar.outcome ?? 'used' });
}

/** The tariff without what it asks of a session as a whole. */
function withoutEnd({ minPrice: _least, ...tariff }: Tariff): Tariff {
  return { ...tariff, elements: tariff.elements.map((element) => ({ ...element, components: element.components.map((component) => ({ ...component, stepSize: 0 })) })) };
}
