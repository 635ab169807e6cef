/** The provider of the candidate (2.0 rc, as Unified Bharat e-Charge speaks it): a translation between its messages and the network, which decides everything. */
import type { Services } from '../../catalogue.ts';
import type { BecknMessage, Handler } from '../../exchange/index.ts';
import type { Teller } from '../../follow.ts';
import { listOf, orderHandlers, orderOf, tellerOf, textOf, type Dialect } from '../../provider/index.ts';
import type { Fields } from '../../wire/index.ts';
import { discover } from './discover.ts';
import { rating, showHelp, support } from './feedback.ts';
import { buyerFields, show } from './order.ts';
import { read } from './read.ts';
import { DISCOVERY, ORDER, RATING, SUPPORT } from './schemas.ts';
import { quoted } from './select.ts';
import { track } from './track.ts';
import { CORE } from './words.ts';

export { catalogIdOf, catalogOfPlace } from './catalog.ts';

/** BKC-6: another slot than the one asked for is not quoted: it is refused, and the app asks again. */
const DIALECT: Dialect = { read, quoted, show, showHelp, offersNearest: false, wantsStartOtp: ({ wantsStartOtp }) => wantsStartOtp };

export function handlersOfC(services: Services): Readonly<Record<string, Handler>> {
  return {
    ...orderHandlers(services, DIALECT, { schema: ORDER, refused }), track: { schema: ORDER, handle: track(services), refused },
    discover: { schema: DISCOVERY, handle: discover(services), refused: () => ({ message: { catalogs: [] } }) }, rating: { schema: RATING, handle: rating(services) },
    support: { schema: SUPPORT, handle: support(services), refused: () => ({ message: { support: { '@context': CORE, '@type': 'beckn:SupportInfo' } } }) },
  };
}

export const tellerOfC = (services: Services): Teller => tellerOf(services, DIALECT);

const REJECTED: readonly string[] = ['select', 'init'];

/** What stands beside an error, since the schema wants an order: what was asked for, in what is needed of it; before it is held it is rejected (BKC-6). */
function refused({ body, context: { action, transactionId } }: BecknMessage): Fields {
  const order = orderOf(body);
  const items = listOf(order['beckn:orderItems']).flatMap((item) => textOf(item['beckn:orderedItem']) ?? []).map((id) => ({ 'beckn:orderedItem': id }));
  const [seller, status] = [textOf(order['beckn:seller']), textOf(order['beckn:orderStatus'])];
  if (seller === undefined || items.length === 0) return {};
  const isNew = REJECTED.includes(action);
  return { message: { order: {
    '@context': CORE, '@type': 'beckn:Order', 'beckn:id': textOf(order['beckn:id']) ?? transactionId, 'beckn:seller': seller, 'beckn:orderItems': items,
    'beckn:orderStatus': isNew || status === undefined || !STATUSES.includes(status) ? 'REJECTED' : status,
    'beckn:buyer': buyerFields({ buyer: order['beckn:buyer'] }, transactionId),
  } } };
}

const STATUSES = ['CREATED', 'PENDING', 'CONFIRMED', 'INPROGRESS', 'PARTIALLYFULFILLED', 'COMPLETED', 'CANCELLED', 'FAILED', 'REFUNDED', 'ONHOLD'];
