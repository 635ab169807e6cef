/** What each generation's actions do. A handler translates between a message and a use case, and holds no rule of the network. */
import type { Services } from '../catalogue.ts';
import type { HandlerTable } from '../exchange/index.ts';
import type { Tellers } from '../follow.ts';
import { outcomeHandler } from '../publish/index.ts';
import { handlersOfA, tellOrder } from './a/index.ts';
import { handlersOfB, tellerOfB } from './b/index.ts';
import { handlersOfC, tellerOfC } from './c/index.ts';

/** An action that is not here is refused with a NACK that says so. */
export function handlersOf(services: Services): HandlerTable {
  return { A: handlersOfA(services), B: handlersOfB(services), C: { ...handlersOfC(services), on_catalog_publish: outcomeHandler } };
}

/** What apps are told without asking. */
export function tellersOf(services: Services): Tellers {
  return { A: tellOrder(services), B: tellerOfB(services), C: tellerOfC(services) };
}

export { createTelemetry } from './b/index.ts';
