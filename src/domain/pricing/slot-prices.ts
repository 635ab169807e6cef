/** What charging in free slots would cost, for a list of them. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { evsesOf, type Location } from '../stations/index.ts';
import { quoteSession } from './quote.ts';
import { rulesInForce } from './rules-in-force.ts';
import * as store from './store.ts';

export interface PricedSlot {
  connectorId: string;
  start: EpochMs;
  end: EpochMs;
  powerW: number;
}

/** An estimate, offers and tax included; nothing is promised by it, as a quote does. */
export interface SlotPrice {
  totalMinor: number;
  currency: string;
  /** what is charged for it */
  energyWh: number;
}

/**
 * PRC-20: the price of so much energy in each slot, or of charging all of it at full power where none is given; null where nobody has set a
 * price. All slots are of one location.
 */
export async function priceSlots(ctx: Context, location: Location, slots: readonly PricedSlot[], energyWh?: number): Promise<(SlotPrice | null)[]> {
  if (slots.length === 0) return [];
  const rules = await store.listRulesOf(ctx.tx, [location.operatorId]);
  if (rules.length === 0) return slots.map(() => null);
  const connectors = new Map(evsesOf(location).flatMap((evse) => evse.connectors).map((connector) => [connector.id, connector]));
  return slots.map(({ connectorId, start, end, powerW }) => {
    const inForce = rulesInForce(rules, { locationId: location.id, tariffRefs: connectors.get(connectorId)!.tariffIds, start });
    if (!inForce) return null;
    const { bill } = quoteSession(inForce.rules, {
      start, powerW, mostMs: end - start, wanted: energyWh === undefined ? { durationMs: end - start } : { energyWh }, timeZone: location.timeZone,
      locationId: location.id, connectorId,
    });
    return { totalMinor: Number(bill.totalMinor), currency: bill.currency, energyWh: Math.round(bill.energyWh.valueOf()) };
  });
}
