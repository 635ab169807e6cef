/** Quotes: what a session at a connector is expected to cost, promised for a while. */
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../platform/clock/index.ts';
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { chargingPowerW, loadVehicle, getDriver, type VehicleInput } from '../drivers/index.ts';
import { actingOrganisation, may, ownersOfCaller, requireAccess, type Context } from '../organisations/index.ts';
import { loadProgrammes, membershipsOf } from '../programmes/index.ts';
import { findEvse, getLocationOf, type Connector, type Location } from '../stations/index.ts';
import type { Bill, FixedFee } from './bill.ts';
import type { Battery } from './charging-course.ts';
import { wrongFinderFee } from './check-rule.ts';
import { quoteSession, type BuyerFinderFee, type Quote, type Wanted } from './quote.ts';
import type { PriceRule } from './price-rule.ts';
import { rulesInForce } from './rules-in-force.ts';
import * as store from './store.ts';
import type { QuoteAnswer, QuoteAsked, QuotedOffer, StoredQuote } from './stored-quote.ts';

interface QuoteInput {
  /** one of these */
  evseId?: string;
  connectorId?: string;
  /** now, when not given */
  start?: EpochMs;
  wanted: Wanted;
  driverId?: string;
  vehicleId?: string;
  /** how full its battery is at the start: whole percents from 0 to 99 */
  socPercent?: number;
  buyerFinderFee?: BuyerFinderFee;
  /** of the reservation that it would be made with */
  fees?: readonly FixedFee[];
}

/** What has just been read in the same transaction: the connector's location, and all rules of its operator. */
export interface KnownRules {
  location: Location;
  rules: readonly PriceRule[];
}

/** How long a quote stands. */
const QUOTE_STANDS_MS = 15 * MINUTE_MS;
const KEPT_MS = DAY_MS;
const PURGED_AT_ONCE = 5_000;
/** Set aside besides the total, in percent: a charger that is cut off may dispense more (seed 001: 50 of 500). */
const OVERAGE_PERCENT = '10';

/**
 * Prices a session at a connector by the rules in force when it begins, and keeps them with the answer (PRC-18, PRC-19). Throws
 * `price_unknown` where nobody has set a price, and `time_in_past` for a session that should have begun.
 */
export async function createQuote(ctx: Context, input: QuoteInput, known?: KnownRules): Promise<StoredQuote> {
  const { location, connector } = known ? { location: known.location, connector: connectorOf(known.location, input.connectorId!) } : await placeOf(ctx, input);
  const { driverId = null, vehicle } = await partyOf(ctx, input);
  const organisationId = actingOrganisation(ctx);
  requireAccess(ctx, 'quote.create', { operatorId: location.operatorId, organisationId, driverId });
  const start = input.start ?? ctx.now;
  if (start < ctx.now - MINUTE_MS) {
    throw new DomainError('time_in_past', 'The session can not begin in the past.', { errors: [{ pointer: '/start', message: 'must not lie in the past' }] });
  }
  const rules = known?.rules ?? await store.listRulesOf(ctx.tx, [location.operatorId]);
  const inForce = rulesInForce(rules, { locationId: location.id, tariffRefs: connector.tariffIds, start });
  if (!inForce) throw new DomainError('price_unknown', 'Nobody has set a price for that connector then.');
  requireSoundFee(input.buyerFinderFee, inForce.rules.tariff.currency);
  const powerW = chargingPowerW(connector, vehicle);
  const memberships = driverId === null ? [] : await membershipsOf(ctx, driverId);
  const quote = quoteSession(inForce.rules, {
    start, wanted: input.wanted, powerW, timeZone: location.timeZone, locationId: location.id, connectorId: connector.id, overagePercent: OVERAGE_PERCENT,
    programmeIds: memberships.map(({ programmeId }) => programmeId), battery: batteryOf(input, vehicle), buyerFinderFee: input.buyerFinderFee, fees: input.fees,
  });
  const asked: QuoteAsked = {
    locationId: location.id, evseId: connector.evseId, connectorId: connector.id, start, powerW, ...(input.vehicleId === undefined ? {} : { vehicleId: input.vehicleId }),
    ...(input.buyerFinderFee ? { buyerFinderFee: input.buyerFinderFee } : {}),
    ...(input.socPercent === undefined ? {} : { socPercent: input.socPercent }), ...askedOf(input.wanted),
  };
  const stored: StoredQuote = {
    id: newId('quote'), networkId: ctx.network.id, organisationId: organisationId!, operatorId: location.operatorId, driverId, expiresAt: ctx.now + QUOTE_STANDS_MS,
    createdAt: ctx.now, rules: inForce, asked, answer: { ...answerOf(quote, start), offers: await offersOf(ctx, quote.bill, memberships) },
  };
  store.insertQuote(ctx.tx, stored);
  return stored;
}

/** For who made it, and its driver. */
export async function getQuote(ctx: Context, id: string): Promise<StoredQuote> {
  const quote = await store.findQuote(ctx.tx, id);
  requireAccess(ctx, 'quote.read', ownersOfCaller(ctx));
  const isOwn = quote?.networkId === ctx.network.id && quote.organisationId === actingOrganisation(ctx);
  if (!isOwn || !may(ctx, 'quote.read', { ...quote, operatorId: quote.organisationId })) throw notFound('quote', id);
  return quote;
}

/** Removes quotes of the network that expired a day ago. */
export async function purgeQuotes(ctx: Context): Promise<number> {
  return store.deleteQuotesBefore(ctx.tx, ctx.network.id, ctx.now - KEPT_MS, PURGED_AT_ONCE);
}

async function placeOf(ctx: Context, { evseId, connectorId }: QuoteInput): Promise<{ location: Location; connector: Connector }> {
  if (connectorId !== undefined) {
    const location = await getLocationOf(ctx, 'connector', connectorId);
    return { location, connector: connectorOf(location, connectorId) };
  }
  const location = await getLocationOf(ctx, 'evse', evseId!);
  const [connector] = [...findEvse(location, evseId!)!.connectors].sort((a, b) => b.maxPowerW - a.maxPowerW);
  if (!connector) throw new DomainError('evse_not_bookable', 'That EVSE has no connector.');
  return { location, connector };
}

const connectorOf = (location: Location, connectorId: string): Connector => (
  location.stations.flatMap(({ evses }) => evses).flatMap((evse) => evse.connectors).find(({ id }) => id === connectorId)!);

async function partyOf(ctx: Context, { driverId, vehicleId }: QuoteInput): Promise<{ driverId?: string; vehicle?: VehicleInput }> {
  const own = ctx.actor.kind === 'key' ? ctx.actor.driverId : undefined;
  const id = driverId ?? own;
  if (id !== undefined) await getDriver(ctx, id);
  const vehicle = vehicleId === undefined ? undefined : await loadVehicle(ctx.tx, vehicleId);
  if (vehicleId !== undefined && (vehicle === undefined || vehicle.driverId !== id)) throw notFound('vehicle', vehicleId);
  return { ...(id === undefined ? {} : { driverId: id }), ...(vehicle ? { vehicle } : {}) };
}

function askedOf(wanted: Wanted): Partial<QuoteAsked> {
  if ('amountMinor' in wanted) return { amountMinor: Number(wanted.amountMinor) };
  return 'socPercent' in wanted ? { targetSocPercent: wanted.socPercent } : wanted;
}

/** PRC-24: what is known of the battery; throws `invalid_request` where what was asked for can't be told without more. */
function batteryOf({ socPercent, wanted }: QuoteInput, vehicle: VehicleInput | undefined): Battery | undefined {
  const wrong = (pointer: string, message: string) => new DomainError('invalid_request', 'That needs to be known of the battery.', { errors: [{ pointer, message }] });
  const target = 'socPercent' in wanted ? wanted.socPercent : undefined;
  if (socPercent === undefined) {
    if (target !== undefined) throw wrong('/soc_percent', 'is required with target_soc_percent');
    return undefined;
  }
  const { batteryCapacityWh: capacityWh, powerCurve } = vehicle ?? {};
  if (capacityWh === undefined) throw wrong('/vehicle', 'must be one whose battery_capacity_wh is known, where soc_percent is told');
  if (target !== undefined && target <= socPercent) throw wrong('/target_soc_percent', 'must be more than soc_percent');
  return { capacityWh, socPercent, ...(powerCurve ? { powerCurve } : {}) };
}

function requireSoundFee(fee: BuyerFinderFee | undefined, currency: string): void {
  const errors = fee ? wrongFinderFee(fee, currency) : [];
  if (errors.length > 0) throw new DomainError('invalid_request', 'That fee can not be asked.', { errors });
}

function answerOf({ bill, durationMs, overageProvisionMinor, holdMinor, buyerFinderFeeMinor, endSocPercent }: Quote, start: EpochMs): Omit<QuoteAnswer, 'offers'> {
  return {
    ...plain(bill), overageProvisionMinor: Number(overageProvisionMinor), holdMinor: Number(holdMinor), buyerFinderFeeMinor: Number(buyerFinderFeeMinor),
    end: start + durationMs, ...(endSocPercent === undefined ? {} : { endSocPercent }),
  };
}

/** With what a driver reads of programmes; those that have been deleted can't be joined any more. */
async function offersOf(ctx: Context, { offers }: Bill, memberships: readonly { id: string; programmeId: string }[]): Promise<QuotedOffer[]> {
  const programmes = (await loadProgrammes(ctx, offers.flatMap(({ join = [] }) => join))).filter(({ retiredAt }) => retiredAt === null);
  return offers.flatMap(({ offer, discountMinor, missing, programmeId, join }) => {
    const joinable = join && programmes.filter(({ id }) => join.includes(id)).map(({ id, kind, name }) => ({ id, kind, name }));
    if (joinable?.length === 0) return [];
    const membershipId = memberships.find((membership) => membership.programmeId === programmeId)?.id;
    return [{
      id: offer.id, name: offer.name, discountMinor: Number(discountMinor), ...(missing?.energyWh === undefined ? {} : { missingEnergyWh: missing.energyWh }),
      ...(missing?.amountMinor === undefined ? {} : { missingAmountMinor: Number(missing.amountMinor) }), ...(membershipId === undefined ? {} : { membershipId }),
      ...(joinable ? { join: joinable } : {}),
    }];
  });
}

function plain({ currency, lines, exclTaxMinor, taxMinor, totalMinor, energyWh }: Bill) {
  return {
    currency, exclTaxMinor: Number(exclTaxMinor), taxMinor: Number(taxMinor), totalMinor: Number(totalMinor), energyWh: Math.round(energyWh.valueOf()),
    lines: lines.map((line) => ({ ...line, exclTaxMinor: Number(line.exclTaxMinor), taxMinor: Number(line.taxMinor) })),
  };
}
