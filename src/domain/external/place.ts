/** What is found in networks of others. */
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Interval } from '../calendar/index.ts';
import type { ConnectorStandard, Coordinates, EvseStatus, PowerType } from '../stations/index.ts';

/** A network of others that drivers of ours can use. */
export interface ExternalNetwork {
  id: string;
  networkId: string;
  /** what the installation calls it */
  ref: string;
  /** the protocol that it speaks */
  kind: string;
  name: string;
  /** that protocol's */
  settings: Record<string, unknown>;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** What charging there costs, in whole units, as it was told; quotes say what it comes to. */
export interface ToldPrice {
  currency: string;
  perKwh: string;
  perHour: string;
  perSession: string;
}

/** A connector as its provider tells of it. */
export interface FoundConnector {
  /** the provider's name for what is bought */
  itemId: string;
  /** connectors of one EVSE have the same one */
  evseKey: string;
  name: string | null;
  /** null where the provider has a word for it that nobody knows */
  standard: ConnectorStandard | null;
  /** `AC` where it is not told of how many phases */
  powerType: PowerType | 'AC' | null;
  maxPowerW: number | null;
  status: EvseStatus;
  price: ToldPrice | null;
  /** free, as it was told then */
  slots: Interval[];
}

/** A place as its provider tells of it. */
export interface FoundPlace {
  /** the provider's name for it, or what stands for one */
  key: string;
  /** who runs it: a provider may sell for several */
  operator: { ref: string; name: string };
  name: string;
  address: string;
  city: string;
  country: string;
  coordinates: Coordinates | null;
  facilities: string[];
  isGreen: boolean | null;
  connectors: FoundConnector[];
}

export interface ExternalConnector extends FoundConnector {
  id: string;
  evseId: string;
}

export interface ExternalPlace extends Omit<FoundPlace, 'connectors'> {
  id: string;
  networkId: string;
  externalNetworkId: string;
  /** who answers there */
  providerId: string;
  /** how its protocol gets there */
  route: Record<string, unknown>;
  connectors: ExternalConnector[];
  seenAt: EpochMs;
}

/** What of a search was answered so far. */
export interface ExternalSearch {
  id: string;
  networkId: string;
  externalNetworkId: string;
  conversationId: string;
  answers: number;
  found: { placeId: string; connectorIds: string[] }[];
  createdAt: EpochMs;
}

/** What is looked for; what a protocol can't ask for it leaves out. */
export interface ExternalQuery {
  text?: string;
  circle?: { latitude: number; longitude: number; radiusM: number };
  connectorStandards?: readonly ConnectorStandard[];
  window?: Interval;
  limit: number;
}
