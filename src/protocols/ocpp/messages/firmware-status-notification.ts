import { noteProgress } from '../../../domain/chargers/index.ts';
import type { Handler } from '../message.ts';

/** Also SignedFirmwareStatusNotification of the security extension of 1.6. */
export const firmwareStatusNotification: Handler = (ctx, { link }, payload) => {
  noteProgress(ctx, link, 'firmware', payload.status as string);
  return {};
};
