/** The port of networks of others, over the exchange: questions are written down in the transaction that asks, and sent after it (BKN-70). */
import type { NetworkPort } from '../../../domain/external/index.ts';
import type { Context } from '../../../domain/organisations/index.ts';
import { request, type Exchange } from '../exchange/index.ts';
import type { Fields } from '../wire/index.ts';
import { routeOf, settingsOf, type NetworkSettings } from './settings.ts';
import { TRANSLATIONS } from './translations.ts';

export const KIND = 'beckn';

export function createBecknPort(exchange: Exchange): NetworkPort {
  const send = async (ctx: Context, settings: NetworkSettings, to: { url: string; providerId?: string; transactionId: string }, saying: {
    action: string; body: Fields }): Promise<string> => {
    const { generation, version } = TRANSLATIONS[settings.generation];
    const { messageId } = await request(exchange, ctx.tx, { generation, version, domain: settings.domain, ...to, ...saying, more: locationOf(settings) });
    return messageId;
  };
  return {
    search: async (ctx, network, transactionId, query) => {
      const settings = settingsOf(network.settings);
      const saying = TRANSLATIONS[settings.generation].search(query, settings);
      await send(ctx, settings, { url: settings.search_url, providerId: settings.provider_id, transactionId }, saying);
    },
    ask: async (ctx, network, reservation, question) => {
      const settings = settingsOf(network.settings);
      const { providerId, conversationId: transactionId, place } = reservation;
      const saying = TRANSLATIONS[settings.generation].ask(reservation, question, settings);
      return send(ctx, settings, { url: routeOf(place.route).url, providerId, transactionId }, saying);
    },
  };
}

/** Fields of the context that networks want besides. */
function locationOf({ country, city, network_id: networkId }: NetworkSettings): Fields {
  const location = { ...(country === undefined ? {} : { country: { code: country } }), ...(city === undefined ? {} : { city: { code: city } }) };
  return { ...(country === undefined && city === undefined ? {} : { location }), ...(networkId === undefined ? {} : { network_id: networkId }) };
}
