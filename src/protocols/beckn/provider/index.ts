/** What every generation of version 2 does with orders; how they are written is its dialect's. */
import type { Services } from '../catalogue.ts';
import type { Handler } from '../exchange/index.ts';
import { cancel } from './cancel.ts';
import { confirm } from './confirm.ts';
import type { Dialect } from './dialect.ts';
import { init } from './init.ts';
import { select } from './select.ts';
import { status } from './status.ts';
import { update } from './update.ts';

export type { Dialect } from './dialect.ts';
export { tellerOf } from './tell.ts';

/** @param frame what all of them have beside what they do */
export function orderHandlers(services: Services, dialect: Dialect, frame: Omit<Handler, 'handle'>): Readonly<Record<string, Handler>> {
  const all = { select, init, confirm, update, cancel, status };
  return Object.fromEntries(Object.entries(all).map(([action, handler]) => [action, { ...frame, handle: handler(services, dialect) }]));
}
