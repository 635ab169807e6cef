/** The provider of the 2.0 draft (seed 001): a translation between its messages and the network, which decides everything. */
import type { Services } from '../../catalogue.ts';
import type { Handler } from '../../exchange/index.ts';
import { confirm } from './confirm.ts';
import { discover } from './discover.ts';
import { init } from './init.ts';
import { DISCOVERY, ORDER, RATING } from './schemas.ts';
import { select } from './select.ts';
import { cancel, rating, status, support } from './status.ts';
import { track } from './track.ts';
import { update } from './update.ts';

export { tellerOf as tellerOfB } from './tell.ts';
export { createTelemetry } from './telemetry.ts';

export function handlersOfB(services: Services): Readonly<Record<string, Handler>> {
  return {
    discover: { schema: DISCOVERY, handle: discover(services) }, select: { schema: ORDER, handle: select(services) }, init: { schema: ORDER, handle: init(services) },
    confirm: { schema: ORDER, handle: confirm(services) }, update: { schema: ORDER, handle: update(services) }, track: { schema: ORDER, handle: track(services) },
    status: { schema: ORDER, handle: status(services) }, cancel: { schema: ORDER, handle: cancel(services) }, rating: { schema: RATING, handle: rating(services) },
    support: { schema: ORDER, handle: support(services) },
  };
}
