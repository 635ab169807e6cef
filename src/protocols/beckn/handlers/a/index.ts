/** The provider of Beckn 1.1 (seed 000). */
import type { Services } from '../../catalogue.ts';
import type { Handler } from '../../exchange/index.ts';
import { cancelHandler, ratingHandler, statusHandler, supportHandler, trackHandler, updateHandler } from './after.ts';
import { confirmHandler } from './confirm.ts';
import { initHandler } from './init.ts';
import { searchHandler } from './search.ts';
import { selectHandler } from './select.ts';

export { tellOrder } from './tell.ts';

export const handlersOfA = (services: Services): Record<string, Handler> => ({
  search: searchHandler(services), select: selectHandler, init: initHandler(services), confirm: confirmHandler(services), status: statusHandler(services),
  cancel: cancelHandler(services), update: updateHandler(services), track: trackHandler(services), rating: ratingHandler(services), support: supportHandler(services),
});
