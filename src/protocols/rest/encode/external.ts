/** Places and reservations of other networks, in the form of ours. */
import type { ExternalConnector, ExternalNetwork, ExternalPlace, ExternalReservation, Facts, ToldCancellation } from '../../../domain/external/index.ts';
import type { Encoding } from './encoding.ts';

export const encodeExternalNetwork = ({ id, name, kind, createdAt }: ExternalNetwork, { time }: Encoding) => ({ id, object: 'external_network', name, kind,
  created: time(createdAt) });

const lower = (currency: string | null): string | null => currency?.toLowerCase() ?? null;

export const encodeToldPrice = (price: ExternalConnector['price']) => price && {
  currency: price.currency.toLowerCase(), per_kwh: price.perKwh, per_hour: price.perHour, per_session: price.perSession,
};

function encodeConnector(c: ExternalConnector, { time }: Encoding) {
  return {
    id: c.id, object: 'external_connector', evse: c.evseId, name: c.name, status: c.status, standard: c.standard, power_type: c.powerType, max_electric_power: c.maxPowerW,
    price: encodeToldPrice(c.price), free_slots: c.slots.map(({ start, end }) => ({ start: time(start), end: time(end) })),
  };
}

export function encodeExternalPlace(p: ExternalPlace, encoding: Encoding) {
  return {
    id: p.id, object: 'external_location', network: p.externalNetworkId, provider: p.providerId, operator_name: p.operator.name, name: p.name, address: p.address, city: p.city,
    country: p.country, coordinates: p.coordinates, facilities: p.facilities, green: p.isGreen, seen: encoding.time(p.seenAt),
    connectors: p.connectors.map((connector) => encodeConnector(connector, encoding)),
  };
}

export function encodeExternalReservation(r: ExternalReservation, encoding: Encoding) {
  const { time, timeOrNull } = encoding;
  const { facts, place, connector, wish, waiting, problem } = r;
  const { name, address, city, country, coordinates, operator } = place;
  return {
    id: r.id, object: 'external_reservation', network: r.externalNetworkId, provider: r.providerId, status: r.status, waiting_for: waiting?.operation ?? null,
    problem: problem && { operation: problem.operation, code: problem.code, message: problem.message, at: time(problem.at) }, organisation_id: r.organisationId,
    driver: r.driverId, location_id: place.id, location: { name, address, city, country, coordinates, operator_name: operator.name }, evse: connector.evseId,
    connector: connector.id, connector_type: connector.standard === null ? [] : [connector.standard], ideal_start: timeOrNull(wish.start), ideal_end: timeOrNull(wish.end),
    reserved_start: timeOrNull(facts.slot?.start), reserved_end: timeOrNull(facts.slot?.end), energy_wh: wish.energyWh ?? facts.expectedEnergyWh ?? null,
    quote_expires_at: r.status === 'quoted' ? timeOrNull(facts.quoteExpiresAt) : null,
    price: facts.price ? {
      currency: facts.price.currency.toLowerCase(), total: facts.price.totalMinor, lines: facts.price.lines.map((line) => ({ name: line.name, amount: line.amountMinor })),
    } : null,
    payment: encodePayment(facts.payment),
    settlement: (facts.settlement ?? []).map(({ kind, amountMinor, currency, isDone }) => ({ kind, amount: amountMinor, currency: currency.toLowerCase(), done: isDone })),
    cancellation_terms: (facts.terms ?? []).map((term) => ({
      state: term.state, description: term.description, refundable: term.isRefundable, refund: term.amountMinor, currency: lower(term.currency),
    })),
    cancel_quote: encodeCancellation(facts.cancelQuote), cancellation: encodeCancellation(facts.cancellation), confirm_otp_required: facts.asksOtp ?? false,
    instructions: facts.instructions ?? null, session: encodeSession(r, encoding),
    finder_fee: facts.finderFee ? { percent: 'percent' in facts.finderFee ? facts.finderFee.percent : null,
      amount: 'amount' in facts.finderFee ? facts.finderFee.amount : null } : null,
    support: facts.support ?? null, ratings: r.ratings.map(({ category, value, feedback }) => ({ category, value, feedback })), order: facts.orderRef ?? null,
      order_number: facts.orderNumber ?? null, metadata: r.metadata, version: r.version,
    created: time(r.createdAt), updated: time(r.updatedAt), confirmed_at: timeOrNull(r.confirmedAt), ended_at: timeOrNull(r.endedAt),
  };
}

const encodePayment = (payment: Facts['payment']) => (payment === undefined ? null : {
  collected_by: 'provider', paid: payment.isPaid, status: payment.status, amount: payment.amountMinor, currency: payment.currency.toLowerCase(), url: payment.url,
  methods: payment.methods, reference: payment.reference, timing: payment.timing,
});

const encodeCancellation = (told: ToldCancellation | undefined) => (told === undefined ? null : {
  by: told.by, reason: told.reason, refund: told.refundMinor, fee: told.feeMinor, currency: lower(told.currency),
});

function encodeSession({ status, facts }: ExternalReservation, { timeOrNull }: Encoding) {
  if (status !== 'active' && status !== 'completed') return null;
  const { live } = facts;
  return {
    status: status === 'active' ? 'started' : 'ended', connection: facts.isInterrupted === true ? 'interrupted' : 'online', started_at: timeOrNull(facts.startedAt),
    ended_at: timeOrNull(facts.endedAt), energy_wh: facts.energyWh ?? live?.energyWh ?? null, power_w: live?.powerW ?? null, soc_percent: live?.socPercent ?? null,
    cost: live?.costMinor ?? null, currency: lower(live?.currency ?? null), estimated_end: timeOrNull(live?.estimatedEnd), read_at: timeOrNull(live?.readAt),
    tracking_url: facts.trackingUrl ?? null,
  };
}
