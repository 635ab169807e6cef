/** on_catalog_publish: what the service has made of our catalogues (BKC-22). */
import Type from 'typebox';
import type { Context } from '../../../domain/organisations/index.ts';
import { processNow } from '../../../platform/clock/index.ts';
import type { BecknMessage, Handler } from '../exchange/index.ts';
import { at, listOf, textOf } from '../provider/index.ts';
import { catalogIdOf } from '../handlers/c/index.ts';
import type { Fields } from '../wire/index.ts';
import { REFRESH_MS } from './follow.ts';
import { UNANSWERED_MS } from './publish.ts';
import { setOutcome, type CatalogStatus, type Report } from './store-catalogs.ts';

const STATUSES: Record<string, CatalogStatus> = { ACCEPTED: 'accepted', PARTIAL: 'partial', REJECTED: 'rejected' };
const MOST_CHARS = 20_000;

export const outcomeHandler: Handler = {
  schema: Type.Object({ message: Type.Object({ results: Type.Optional(Type.Array(Type.Object({ catalog_id: Type.String({ maxLength: 255 }) }), { maxItems: 1_000 })) }) }),
  handle: async (ctx, message) => {
    for (const result of listOf(at(message.body, 'message', 'results'))) await note(ctx, message, result);
    return undefined;
  },
};

async function note(ctx: Context, { context: { transactionId } }: BecknMessage, result: Fields): Promise<void> {
  const locationId = textOf(result['catalog_id'])?.slice(catalogIdOf('').length);
  const status = STATUSES[textOf(result['status']) ?? ''];
  if (locationId === undefined || status === undefined) return;
  const count = result['item_count'];
  const now = processNow();
  await setOutcome(ctx.tx, locationId, transactionId, {
    status, itemCount: Number.isInteger(count) ? count as number : null, report: reportOf(result), at: now, refreshAt: now + REFRESH_MS, unansweredMs: UNANSWERED_MS,
  });
}

/** As it was said, unless that is too long to be kept. */
function reportOf({ error, warnings }: Fields): Report {
  const report = { ...(error === undefined ? {} : { error }), ...(warnings === undefined ? {} : { warnings }) };
  const text = JSON.stringify(report);
  return text.length <= MOST_CHARS ? report : { error: { message: text.slice(0, MOST_CHARS) } };
}
