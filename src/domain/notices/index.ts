/** Messages to people: what is told to a driver's phone, and how it gets there. */
export type { Notice, NoticeChannel, SandboxNotice } from './notice.ts';
export { listSandboxNotices, purgeNotices } from './sandbox-outbox.ts';
export { requireSender, sendNotice } from './send.ts';
