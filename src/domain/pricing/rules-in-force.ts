/** Which prices hold for a session at a connector (PRC-19). Pure. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { PriceRules } from './bill.ts';
import type { PriceRule, RuleKind } from './price-rule.ts';

/** Which version of what was promised. */
export interface RuleVersion {
  id: string;
  version: number;
}

export interface RulesInForce {
  rules: PriceRules;
  tariff: RuleVersion;
  surcharges: RuleVersion[];
  offers: RuleVersion[];
}

/**
 * The first tariff that the connector names and that is valid when the session begins, else the operator's default one; with the
 * surcharges and offers of the place that are valid then, in its currency (an offer judges the rest for itself). Undefined where nothing has a price.
 */
export function rulesInForce(all: readonly PriceRule[], at: { locationId: string; tariffRefs: readonly string[]; start: EpochMs }): RulesInForce | undefined {
  const of = <K extends RuleKind>(kind: K) => all.filter((rule): rule is PriceRule<K> => rule.kind === kind);
  const isValid = ({ validFrom = -Infinity, validUntil = Infinity }: { validFrom?: EpochMs; validUntil?: EpochMs }) => at.start >= validFrom && at.start < validUntil;
  const tariffs = of('tariff').filter(({ content }) => isValid(content));
  const named = at.tariffRefs.map((ref) => tariffs.find((tariff) => tariff.ref === ref)).find((tariff) => tariff !== undefined);
  const tariff = named ?? tariffs.findLast(({ content }) => content.isDefault);
  if (!tariff) return undefined;
  const { currency, serviceFee } = tariff.content;
  const isHere = ({ content }: PriceRule<'surcharge'> | PriceRule<'offer'>) => (
    content.currency === currency && isValid(content) && (content.locationIds === undefined || content.locationIds.includes(at.locationId)));
  const surcharges = of('surcharge').filter(isHere);
  const offers = of('offer').filter(isHere);
  return {
    rules: {
      tariff: tariff.content, surcharges: surcharges.map(({ id, content }) => ({ id, ...content })), offers: offers.map(({ id, content }) => ({ id, ...content })),
      ...(serviceFee ? { serviceFee } : {}),
    },
    tariff: versionOf(tariff), surcharges: surcharges.map(versionOf), offers: offers.map(versionOf),
  };
}

const versionOf = ({ id, version }: PriceRule): RuleVersion => ({ id, version });
