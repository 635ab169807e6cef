/** The prices that search results tell, in memory beside the index. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Queryable } from '../../platform/database/index.ts';
import { loadRules, rulesInForce, shownPrice, type PriceRule, type ShownPrice } from '../pricing/index.ts';
import { evsesOf, type Location } from '../stations/index.ts';
import type { ConnectorHit, PriceOf } from './query.ts';
import type { LocationSummary } from './summary.ts';

export interface Prices {
  byOperator: Map<string, PriceRule[]>;
  /** of connectors that name tariffs */
  tariffRefs: Map<string, readonly string[]>;
}

export function createPrices(): Prices {
  return { byOperator: new Map(), tariffRefs: new Map() };
}

export async function readPrices(db: Queryable, { byOperator }: Prices, operatorIds: readonly string[]): Promise<void> {
  const rules = await loadRules(db, operatorIds);
  for (const id of operatorIds) byOperator.delete(id);
  for (const rule of rules) byOperator.set(rule.operatorId, [...(byOperator.get(rule.operatorId) ?? []), rule]);
}

/** Notes which tariffs a location's connectors name. */
export function putTariffRefs({ tariffRefs }: Prices, location: Location): void {
  for (const { id, tariffIds } of evsesOf(location).flatMap((evse) => evse.connectors)) {
    if (tariffIds.length > 0) tariffRefs.set(id, tariffIds);
    else tariffRefs.delete(id);
  }
}

/** Tells prices at an instant: all of it, for a result, or what a kWh costs, for the search itself. Undefined where nobody has set one (SRC-60). */
export interface PriceTeller {
  price(location: LocationSummary, connector: Pick<ConnectorHit, 'connectorId' | 'maxPowerW'>, at: EpochMs): ShownPrice | undefined;
  perKwh: PriceOf;
}

/** For one search: what is the same for many connectors is worked out once. */
export function priceTeller({ byOperator, tariffRefs }: Prices, summaryOf: (locationId: string) => LocationSummary | undefined): PriceTeller {
  const known = new Map<string, ShownPrice | undefined>();
  const price: PriceTeller['price'] = ({ id: locationId, operatorId, timeZone }, { connectorId, maxPowerW }, at) => {
    const rules = byOperator.get(operatorId);
    if (!rules) return undefined;
    const refs = tariffRefs.get(connectorId) ?? NO_REFS;
    const isLocal = rules.some(({ kind, content }) => kind === 'surcharge' && 'locationIds' in content);
    const key = `${operatorId} ${isLocal ? locationId : ''} ${timeZone} ${maxPowerW} ${at} ${refs.length === 0 ? '' : JSON.stringify(refs)}`;
    if (!known.has(key)) {
      const inForce = rulesInForce(rules, { locationId, tariffRefs: refs, start: at });
      known.set(key, inForce && shownPrice(inForce, { start: at, timeZone, powerW: maxPowerW }));
    }
    return known.get(key);
  };
  return {
    price,
    perKwh: (locationId, connectorId, maxPowerW, at, currency) => {
      const location = summaryOf(locationId);
      const told = location && price(location, { connectorId, maxPowerW }, at);
      return told?.currency === currency ? Number(told.perKwh) : undefined;
    },
  };
}

const NO_REFS: readonly string[] = [];
