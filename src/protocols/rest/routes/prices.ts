/** Tariffs, surcharges and offers of operators, and quotes from them. */
import type { FastifyInstance } from 'fastify';
import Type, { type TObject, type TSchema } from 'typebox';
import {
  changeRule, createQuote, createRule, getQuote, getRule, listRules, retireRule, type PriceRule, type RuleContents, type RuleKind,
} from '../../../domain/pricing/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { Encoding } from '../encode/encoding.ts';
import {
  decodeFinderFee, decodeOffer, decodeSurcharge, decodeTariff, decodeWanted, encodeOffer, encodeQuote, encodeSurcharge, encodeTariff, inOurWords, withChange, type Change,
} from '../encode/prices.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, List, pageOf, Strict } from '../schemas/common.ts';
import { OfferIn, OfferOut, OfferPatch, QuoteIn, QuoteOut, SurchargeIn, SurchargeOut, SurchargePatch, TariffIn, TariffOut, TariffPatch } from '../schemas/prices.ts';
import { parseOptionalInstant } from '../times.ts';

const tag = 'Prices';

interface Resource<K extends RuleKind> {
  kind: K;
  body: TSchema;
  patch: TSchema;
  reply: TObject;
  description: string;
  /** what a new one has where its body says nothing */
  initial: Partial<RuleContents[K]>;
  decode(body: never, isNew: boolean): Change<RuleContents[K]>;
  encode(rule: PriceRule<K>, encoding: Encoding): object;
}

export function addPriceRoutes(app: FastifyInstance, options: RestOptions): void {
  addRules(app, options, {
    kind: 'tariff', body: TariffIn, patch: TariffPatch, reply: TariffOut, initial: { isDefault: false }, decode: decodeTariff, encode: encodeTariff,
    description: 'The words of OCPI: the first element that has a price and matches counts. Connectors name it by its ref.',
  });
  addRules(app, options, {
    kind: 'surcharge', body: SurchargeIn, patch: SurchargePatch, reply: SurchargeOut, initial: {}, decode: decodeSurcharge, encode: encodeSurcharge,
    description: 'On top of tariffs in its currency, while its restrictions hold: an amount for each unit, or a share.',
  });
  addRules(app, options, {
    kind: 'offer', body: OfferIn, patch: OfferPatch, reply: OfferOut, initial: { isCombinable: false }, decode: decodeOffer, encode: encodeOffer,
    description: 'A discount that a session earns; quotes tell how near it is to it.',
  });
  addQuoteRoutes(app, options);
}

function addRules<K extends RuleKind>(app: FastifyInstance, options: RestOptions, { kind, body, patch, reply, description, initial, decode, encode }: Resource<K>): void {
  const url = `/v1/${kind}s`;
  const params = Strict({ id: Id(kind) });
  const Kind = `${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  const article = kind === 'offer' ? 'an' : 'a';
  addRoute(app, options, {
    method: 'POST', url, operationId: `create${Kind}`, tag, summary: `Add ${article} ${kind}`, description, body, reply, creates: true,
    handle: async (ctx, { body: sent, encoding }) => {
      const { ref } = sent as { ref: string };
      const content = withChange<RuleContents[K]>(initial, decode(sent as never, true));
      return encode(await inOurWords(() => createRule(ctx, kind, ref, content)), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url, operationId: `list${Kind}s`, tag, summary: `List ${kind}s, newest first; of one operator, or of all`, isPublic: true,
    query: Strict({ ...pageOf(kind), operator_id: Type.Optional(Id('organisation')) }), reply: List(reply),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listRules(ctx, kind, { ...page, operatorId: query.operator_id }), (rule) => encode(rule, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: `${url}/:id`, operationId: `get${Kind}`, tag, summary: `Read ${article} ${kind}`, isPublic: true, params, reply,
    handle: async (ctx, { params: { id }, encoding }) => encode(await getRule(ctx, kind, id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: `${url}/:id`, operationId: `update${Kind}`, tag, summary: `Change ${article} ${kind}; what was promised under the old version keeps it`, params,
    body: patch, reply,
    handle: async (ctx, { params: { id }, body: sent, encoding }) => {
      const change = decode(sent as never, false);
      return encode(await inOurWords(() => changeRule(ctx, kind, id, (content) => withChange<RuleContents[K]>(content, change))), encoding);
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: `${url}/:id`, operationId: `delete${Kind}`, tag, summary: `Offer ${article} ${kind} no more`, params, reply: Deleted,
    handle: async (ctx, { params: { id } }) => {
      await retireRule(ctx, kind, id);
      return { id, object: kind, deleted: true };
    },
  });
}

function addQuoteRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/quotes', operationId: 'createQuote', tag, summary: 'What a session would cost', body: QuoteIn, reply: QuoteOut, creates: true,
    description: 'Itemised, by energy, time or amount; it stands for a quarter of an hour. `hold` is what is set aside: the total, and a provision for '
      + 'what a charger that is cut off dispenses.',
    handle: async (ctx, { body, encoding }) => {
      const { evse: evseId, connector: connectorId, driver: driverId, vehicle: vehicleId } = body;
      if ((evseId === undefined) === (connectorId === undefined)) {
        throw new DomainError('invalid_request', 'Say where: an evse or a connector.', { errors: [{ pointer: '/evse', message: 'is required, or connector' }] });
      }
      const start = parseOptionalInstant(body.start, '/start');
      const input = { evseId, connectorId, start, wanted: decodeWanted(body), driverId, vehicleId, socPercent: body.soc_percent };
      return encodeQuote(await createQuote(ctx, { ...input, buyerFinderFee: decodeFinderFee(body.buyer_finder_fee) }), encoding);
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/quotes/:id', operationId: 'getQuote', tag, summary: 'Read a quote', params: Strict({ id: Id('quote') }), reply: QuoteOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeQuote(await getQuote(ctx, id), encoding),
  });
}
