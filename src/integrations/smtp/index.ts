/** E-mail through the operator's own mail server. */
import { createTransport } from 'nodemailer';
import type { NoticeSender, SendOutcome } from '../../domain/notices/index.ts';

export interface SmtpSettings {
  /** `smtps://user:password@mail.example.org`, or `smtp://…:587` with STARTTLS where the server offers it */
  url: string;
  /** `Plugtime <no-reply@example.org>` */
  from: string;
}

const TIMEOUT_MS = 15_000;
const CONNECTIONS = 2;

/** Each message keeps its id, so that a mail server or mailbox can tell one that was sent twice. */
export function smtpSender({ url, from }: SmtpSettings): NoticeSender & { close(): void } {
  const transport = createTransport({
    url, pool: true, maxConnections: CONNECTIONS, connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS, disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    send: async ({ id, recipient, title, text, language }) => {
      const headers = { 'Auto-Submitted': 'auto-generated', 'Content-Language': language };
      return transport.sendMail({ from, to: { name: '', address: recipient }, subject: title, text, messageId: `<${id}@${domain}>`, headers })
        .then((): SendOutcome => ({ sent: true }), failureOf);
    },
    close: () => transport.close(),
  };
}

/** What the server refuses for good (5xx) is not tried again, but for our own password, which somebody may mend. */
function failureOf(error: Error & { code?: string; responseCode?: number }): SendOutcome {
  const { code = 'unknown', responseCode } = error;
  const isFinal = code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500;
  return { failure: responseCode === undefined ? `smtp_${code.toLowerCase()}` : `smtp_${responseCode}`, isFinal };
}
