/** Offers: discounts that a session earns, and how near it is to them (seed 001: "₹20 off when you charge above 5 kWh"). */
import type { EpochMs } from '../../platform/clock/index.ts';
import { minorDigits } from './currency.ts';
import { exact, percentOf, roundHalfUp, ZERO, type Decimal, type Fraction } from './decimal.ts';
import { localMs, matches, prepareRestrictions } from './restrictions.ts';
import type { TariffRestrictions } from './tariff.ts';

/** Amounts are in whole units of the currency, tax included, as drivers read them. */
export interface Offer {
  id: string;
  name: string;
  discount: { amount: Decimal } | { percent: Decimal; most?: Decimal } | { freeEnergyWh: number };
  /** sessions that begin from here, and before there */
  validFrom?: EpochMs;
  validUntil?: EpochMs;
  /** of the session's beginning, where the location is */
  when?: Pick<TariffRestrictions, 'startTime' | 'endTime' | 'daysOfWeek'>;
  /** at these only; anywhere, when absent */
  locationIds?: readonly string[];
  connectorIds?: readonly string[];
  /** for members of one of these loyalty programmes or fleets; for all, when absent */
  programmeIds?: readonly string[];
  /** what has to be used for it */
  minEnergyWh?: number;
  minAmount?: Decimal;
  /** may be had beside others that may, too */
  isCombinable: boolean;
}

/** What an offer is judged by. */
export interface OfferCase {
  currency: string;
  timeZone: string;
  start: EpochMs;
  locationId?: string;
  connectorId?: string;
  programmeIds: readonly string[];
  energyWh: Fraction;
  /** tariff and surcharges, tax included */
  amountMinor: bigint;
  /** what the first so many Wh cost, tax included */
  costOfFirst(energyWh: number): Fraction;
}

/** What an offer that is open to this session came to. */
export interface OfferOutcome {
  offer: Offer;
  /** 0 when it is not earned yet, or another one is better */
  discountMinor: bigint;
  /** what it takes still; absent once it is earned */
  missing?: { energyWh?: number; amountMinor?: bigint };
  /** the driver's programme that it is open by; absent of one that is for all */
  programmeId?: string;
  /** one of these programmes would have to be joined for it */
  join?: readonly string[];
}

/** PRC-13, PRC-14, PRC-25: the outcomes of all offers that are open to this case, or would be to a member, in their order. */
export function judgeOffers(offers: readonly Offer[], given: OfferCase): OfferOutcome[] {
  const open = offers.filter((offer) => isOpen(offer, given)).map((offer) => ({ offer, missing: missingFor(offer, given), ...memberFor(offer, given) }));
  const earned = open.filter(({ missing, join }) => !missing && !join).map(({ offer }) => ({ offer, worthMinor: worthOf(offer, given) }));
  const chosen = best(earned, given.amountMinor);
  return open.map(({ missing, ...rest }) => ({ ...rest, discountMinor: chosen.get(rest.offer) ?? 0n, ...(missing ? { missing } : {}) }));
}

function isOpen(offer: Offer, { start, timeZone, locationId, connectorId }: OfferCase): boolean {
  const { validFrom = -Infinity, validUntil = Infinity, when } = offer;
  const isAmong = (list: readonly string[] | undefined, id: string | undefined) => list === undefined || (id !== undefined && list.includes(id));
  return start >= validFrom && start < validUntil && isAmong(offer.locationIds, locationId) && isAmong(offer.connectorIds, connectorId)
    && (!when || matches(prepareRestrictions(when), { start }, localMs(start, timeZone), { energyWh: ZERO, durationS: ZERO }));
}

/** By which of the driver's programmes it is open, or which would have to be joined. */
function memberFor({ programmeIds }: Offer, given: OfferCase): Pick<OfferOutcome, 'programmeId' | 'join'> {
  if (programmeIds === undefined) return {};
  const programmeId = programmeIds.find((id) => given.programmeIds.includes(id));
  return programmeId === undefined ? { join: programmeIds } : { programmeId };
}

function missingFor({ minEnergyWh = 0, minAmount = '0' }: Offer, { energyWh, amountMinor, currency }: OfferCase): OfferOutcome['missing'] {
  const wh = exact(minEnergyWh).sub(energyWh);
  const minor = roundHalfUp(exact(minAmount), minorDigits(currency)) - amountMinor;
  if (wh.compare(0) <= 0 && minor <= 0n) return undefined;
  return { ...(wh.compare(0) > 0 ? { energyWh: Math.ceil(wh.valueOf()) } : {}), ...(minor > 0n ? { amountMinor: minor } : {}) };
}

function worthOf({ discount }: Offer, { amountMinor, currency, costOfFirst }: OfferCase): bigint {
  const digits = minorDigits(currency);
  if ('amount' in discount) return roundHalfUp(exact(discount.amount), digits);
  if ('freeEnergyWh' in discount) return roundHalfUp(costOfFirst(discount.freeEnergyWh), digits);
  const share = roundHalfUp(percentOf(exact(amountMinor), discount.percent), 0);
  const most = discount.most === undefined ? share : roundHalfUp(exact(discount.most), digits);
  return share < most ? share : most;
}

interface Earned {
  offer: Offer;
  worthMinor: bigint;
}

/** All that can be had together, or the best that can't, whichever is more; never more than there is to pay. */
function best(earned: readonly Earned[], amountMinor: bigint): Map<Offer, bigint> {
  const together = within(earned.filter(({ offer }) => offer.isCombinable), amountMinor);
  const alone = earned.filter(({ offer }) => !offer.isCombinable).map((one) => within([one], amountMinor));
  const sumOf = (chosen: ReadonlyMap<Offer, bigint>) => [...chosen.values()].reduce((sum, minor) => sum + minor, 0n);
  return [together, ...alone].reduce((most, one) => (sumOf(one) > sumOf(most) ? one : most));
}

function within(earned: readonly Earned[], amountMinor: bigint): Map<Offer, bigint> {
  let left = amountMinor;
  return new Map(earned.map(({ offer, worthMinor }) => {
    const discountMinor = worthMinor < left ? worthMinor : left;
    left -= discountMinor;
    return [offer, discountMinor];
  }));
}
