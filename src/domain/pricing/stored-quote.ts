import type { EpochMs } from '../../platform/clock/index.ts';
import type { BuyerFinderFee } from './quote.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** A line of a quote, as it is kept and answered: plain JSON, which has amounts up to 2^53 minor units. */
export interface QuotedLine {
  kind: string;
  id?: string;
  name?: string;
  element?: number;
  quantity: string;
  unit: 'kWh' | 'h' | 'once';
  unitPrice: string;
  taxPercent?: string;
  exclTaxMinor: number;
  taxMinor: number;
}

/** What was asked for. */
export interface QuoteAsked {
  locationId: string;
  evseId: string;
  connectorId: string;
  start: EpochMs;
  energyWh?: number;
  durationMs?: number;
  amountMinor?: number;
  /** how full the battery is at the start, and shall be */
  socPercent?: number;
  targetSocPercent?: number;
  powerW: number;
  vehicleId?: string;
  buyerFinderFee?: BuyerFinderFee;
}

export interface QuoteAnswer {
  currency: string;
  lines: QuotedLine[];
  exclTaxMinor: number;
  taxMinor: number;
  totalMinor: number;
  /** set aside besides */
  overageProvisionMinor: number;
  holdMinor: number;
  /** for the app that brought the driver, of what the operator gets; absent in quotes from before there was one */
  buyerFinderFeeMinor?: number;
  energyWh: number;
  end: EpochMs;
  endSocPercent?: number;
  /** offers that are open to it, or would be to a member */
  offers: QuotedOffer[];
}

export interface QuotedOffer {
  id: string;
  name: string;
  discountMinor: number;
  missingEnergyWh?: number;
  missingAmountMinor?: number;
  /** the driver's membership that opens it */
  membershipId?: string;
  /** programmes of which one would have to be joined for it */
  join?: { id: string; kind: string; name: string }[];
}

/** A price that is promised until it expires, with the rules that it came from (PRC-18). */
export interface StoredQuote {
  id: string;
  networkId: string;
  organisationId: string;
  operatorId: string;
  driverId: string | null;
  expiresAt: EpochMs;
  createdAt: EpochMs;
  rules: RulesInForce;
  asked: QuoteAsked;
  answer: QuoteAnswer;
}
