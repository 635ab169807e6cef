import { DomainError } from '../../platform/errors/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Notice, NoticeChannel, NoticeSender } from './notice.ts';
import { sandboxOutbox } from './sandbox-outbox.ts';

/** All that there are; the first that serves a network takes its messages. */
const SENDERS: readonly NoticeSender[] = [sandboxOutbox];

/** NTC-3: throws `no_notice_sender` where nothing sends messages on this channel. */
export function requireSender({ network }: Pick<Context, 'network'>, channel: NoticeChannel): NoticeSender {
  const sender = SENDERS.find((candidate) => candidate.serves(network, channel));
  if (!sender) throw new DomainError('no_notice_sender', `Nothing in this network sends messages by ${channel}, and that can not be done without one.`);
  return sender;
}

/** Hands a message to whoever sends it. Throws `no_notice_sender`. */
export function sendNotice(ctx: Context, notice: Notice): Promise<void> {
  return requireSender(ctx, notice.channel).take(ctx, notice);
}
