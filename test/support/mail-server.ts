/** A mail server that takes or refuses what it is sent. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface Mail {
  to: string[];
  from: string;
  user: string | undefined;
  source: string;
}

export interface MailServer {
  url: string;
  mails: Mail[];
  /** with which code the next recipients are refused */
  refuseWith: number | undefined;
  close(): Promise<void>;
}

export async function openMailServer(): Promise<MailServer> {
  const mails: Mail[] = [];
  const state: { refuseWith: number | undefined } = { refuseWith: undefined };
  const server = new SMTPServer({
    authOptional: false, allowInsecureAuth: true, disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) => (password === 'secret' ? done(null, { user: username }) : done(new Error('wrong'))),
    onRcptTo: (_address, _session, done) => {
      const { refuseWith } = state;
      done(refuseWith === undefined ? undefined : Object.assign(new Error('not taken'), { responseCode: refuseWith }));
    },
    onData: (stream, { envelope, user }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), from, user: user as string | undefined, source: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  return Object.assign(state, { url: `smtp://plugtime:secret@127.0.0.1:${port}`, mails, close: () => new Promise<void>((done) => server.close(done)) });
}
