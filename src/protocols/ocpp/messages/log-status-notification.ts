import { noteProgress } from '../../../domain/chargers/index.ts';
import type { Handler } from '../message.ts';

/** DiagnosticsStatusNotification in 1.6, LogStatusNotification since its security extension. */
export const logStatusNotification: Handler = (ctx, { link }, payload) => {
  noteProgress(ctx, link, 'log', payload.status as string);
  return {};
};
