/** What operators ask, as objects that live: each change is a new version, and what was promised under an old one keeps it (PRC-18). */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { PriceRules } from './bill.ts';
import type { Offer } from './offer.ts';
import type { Surcharge } from './surcharge.ts';
import type { Tariff } from './tariff.ts';

export const RULE_KINDS = ['tariff', 'surcharge', 'offer'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export interface RuleContents {
  tariff: Tariff & {
    name: string;
    /** for connectors that name no tariff */
    isDefault: boolean;
    serviceFee?: NonNullable<PriceRules['serviceFee']>;
  };
  surcharge: Omit<Surcharge, 'id'> & {
    currency: string;
    /** of sessions that begin from here, and before there */
    validFrom?: EpochMs;
    validUntil?: EpochMs;
    /** at these only; at all of the operator's, when absent */
    locationIds?: readonly string[];
  };
  offer: Omit<Offer, 'id'> & { currency: string };
}

export interface PriceRule<K extends RuleKind = RuleKind> {
  id: string;
  networkId: string;
  operatorId: string;
  kind: K;
  /** the operator's own id of it (of a tariff: what connectors name), unique among those of its kind */
  ref: string;
  version: number;
  content: RuleContents[K];
  createdAt: EpochMs;
  updatedAt: EpochMs;
  retiredAt: EpochMs | null;
}
