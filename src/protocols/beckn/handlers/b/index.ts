/** The provider of the 2.0 draft (seed 001): a translation between its messages and the network, which decides everything. */
import type { Services } from '../../catalogue.ts';
import type { Handler } from '../../exchange/index.ts';
import type { Teller } from '../../follow.ts';
import { orderHandlers, tellerOf, type Dialect } from '../../provider/index.ts';
import { orderAnswer } from './answer.ts';
import { discover } from './discover.ts';
import { read } from './read.ts';
import { DISCOVERY, ORDER, RATING } from './schemas.ts';
import { quoted } from './select.ts';
import { rating, showHelp, support } from './status.ts';
import { track } from './track.ts';

export { createTelemetry } from './telemetry.ts';
export { stopsOf } from './read.ts';
export { ORDER_CONTEXT, plugOf } from './words.ts';

const DIALECT: Dialect = { read, quoted, show: orderAnswer, showHelp, offersNearest: true, wantsStartOtp: () => true };

export function handlersOfB(services: Services): Readonly<Record<string, Handler>> {
  return {
    ...orderHandlers(services, DIALECT, { schema: ORDER }), discover: { schema: DISCOVERY, handle: discover(services) }, track: { schema: ORDER, handle: track(services) },
    rating: { schema: RATING, handle: rating(services) }, support: { schema: ORDER, handle: support(services) },
  };
}

export const tellerOfB = (services: Services): Teller => tellerOf(services, DIALECT);
