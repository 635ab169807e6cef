/** Takes messages in the caller's transaction (NTC-1): a sandbox keeps them, a live network has a job send them afterwards. */
import { DomainError } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';
import { compose } from './catalogue/catalogue.ts';
import { enqueueAttempt } from './deliver.ts';
import { isOffered, type Notice, type NoticeChannel, type NoticeKind, type NoticeText, type NoticeValues } from './notice.ts';
import { findContact } from './store-contacts.ts';
import { insertNotices } from './store.ts';

/** NTC-3: throws `no_notice_sender` where nothing sends messages on this channel. */
export function requireSender(ctx: Context, channel: NoticeChannel): void {
  if (isOffered(ctx, channel)) return;
  throw new DomainError('no_notice_sender', `Nothing in this network sends messages by ${channel}, and that can not be done without one.`);
}

interface Addressed<K extends NoticeKind> {
  channel: NoticeChannel;
  recipient: string;
  driverId: string;
  organisationId: string;
  kind: K;
  values: NoticeValues[K];
  about: string;
  sendBefore?: EpochMs;
}

/** Sends a message to a recipient that is given, whatever the driver's own contact is. Throws `no_notice_sender`. */
export async function sendNotice<K extends NoticeKind>(ctx: Context, { kind, values, ...given }: Addressed<K>): Promise<void> {
  requireSender(ctx, given.channel);
  const languages = (await findContact(ctx.tx, given.driverId))?.languages ?? [];
  await takeNotices(ctx, compose(kind, values, languages), [{ ...given, kind, pushSubscriptionId: null }]);
}

export type Draft = Pick<Notice, 'channel' | 'recipient' | 'pushSubscriptionId' | 'driverId' | 'organisationId' | 'kind'> & { about: string; sendBefore?: EpochMs };

/** Takes one text for several recipients. */
export async function takeNotices(ctx: Context, text: NoticeText, drafts: readonly Draft[]): Promise<void> {
  const status = ctx.network.mode === 'sandbox' ? 'outbox' : 'pending';
  const notices: Notice[] = drafts.map((draft) => ({
    ...draft, ...text, id: newId('notice'), networkId: ctx.network.id, sendBefore: draft.sendBefore ?? null, status, begun: 0, attempts: 0, failure: null, createdAt: ctx.now,
  }));
  await insertNotices(ctx.tx, notices);
  if (status === 'pending') for (const { id: noticeId } of notices) await enqueueAttempt(ctx.jobs, ctx.tx, { noticeId, attempt: 1 });
}
