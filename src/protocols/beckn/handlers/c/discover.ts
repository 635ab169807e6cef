/** discover → on_discover: the live network, as catalogues (BKC-1 to BKC-3). */
import type { Context } from '../../../../domain/organisations/index.ts';
import type { OfferedPlace, Services } from '../../catalogue.ts';
import type { Answer, BecknMessage } from '../../exchange/index.ts';
import { at, placesFor } from '../../provider/index.ts';
import { catalogsOf, filteredItem } from './catalog.ts';

/** The candidate has no pages: what does not fit into one answer comes in several, up to so many. */
const [MOST_PLACES, PLACES_AN_ANSWER] = [250, 50];

export const discover = (services: Services) => async (ctx: Context, { body }: BecknMessage): Promise<readonly Answer[]> => {
  const of = (name: string): unknown => at(body, 'message', name);
  const search = { text: of('text_search'), filters: of('filters'), spatial: of('spatial'), isWhole: true };
  const publisher = { id: services.subscriberId, uri: services.becknUrl(), startAddress: services.startAddress };
  const { places } = await placesFor(ctx, services, search, filteredItem(publisher), { skip: 0, limit: MOST_PLACES });
  const answers: Answer[] = [];
  for (const part of partsOf(places)) answers.push({ body: { message: { catalogs: await catalogsOf(ctx, part, publisher) } } });
  return answers;
};

/** One at least, so that nothing found is an empty catalogue (check 43). */
function partsOf(places: readonly OfferedPlace[]): (readonly OfferedPlace[])[] {
  const parts = Array.from({ length: Math.ceil(places.length / PLACES_AN_ANSWER) }, (_, i) => places.slice(i * PLACES_AN_ANSWER, (i + 1) * PLACES_AN_ANSWER));
  return parts.length === 0 ? [[]] : parts;
}
