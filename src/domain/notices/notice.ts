import type { EpochMs } from '../../platform/clock/index.ts';
import type { Context } from '../organisations/index.ts';

export type NoticeChannel = 'sms';

/** A message to one person. Neither its recipient nor its text is ever logged, audited or told by an event. */
export interface Notice {
  channel: NoticeChannel;
  /** a phone number in E.164 */
  recipient: string;
  /** the driver, and the organisation whose driver it is */
  driverId: string;
  organisationId: string;
  /** what it is for */
  kind: 'membership_otp';
  text: string;
}

/** One that nobody was sent. */
export interface SandboxNotice extends Notice {
  id: string;
  networkId: string;
  createdAt: EpochMs;
}

/** The port to a provider of messages. */
export interface NoticeSender {
  /** whether it sends messages of this network on this channel */
  serves(network: Context['network'], channel: NoticeChannel): boolean;
  /** Takes a message in the caller's transaction (NTC-1): a provider outside is called afterwards, by a job that is enqueued here. */
  take(ctx: Context, notice: Notice): Promise<void>;
}
