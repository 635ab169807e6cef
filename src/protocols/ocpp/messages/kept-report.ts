import { keepReport } from '../../../domain/chargers/index.ts';
import type { Handler, Payload } from '../message.ts';

/** Longer ones are noted without what they say: they would fill the table. */
const LONGEST = 16_000;

/** Messages that are kept for people to read, and answered: SecurityEventNotification, NotifyEvent. */
export const keptReport = (action: string): Handler => (ctx, { link }, payload) => {
  keepReport(ctx, link, action, shortened(payload));
  return {};
};

function shortened(payload: Payload): Payload {
  const { length } = JSON.stringify(payload);
  return length <= LONGEST ? payload : { plugtime: 'too long to be kept', characters: length };
}
