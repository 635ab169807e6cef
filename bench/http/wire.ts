/** What goes over the wire between the server and its database, seen by a relay that both talk through. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  /** the database by way of the relay */
  url: string;
  /** forgets what was seen so far */
  reset(): void;
  seen(): Traffic;
  stop(): void;
}

export interface Traffic {
  /** how often the server waited for the database: it sent something, and then an answer came */
  roundTrips: number;
  /** how long it waited in all, in ms */
  waitedMs: number;
  /** by a statement's text: how often it was sent, and how long the server waited when it was the last that it sent */
  statements: Map<string, { count: number; waitedMs: number }>;
}

/** Relays connections to the database that the URL names. */
export async function startWire(databaseUrl: string): Promise<Wire> {
  const target = new URL(databaseUrl);
  let traffic = emptyTraffic();
  const sockets = new Set<Socket>();
  const relay = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(target.port || 5432), host: target.hostname, noDelay: true });
    let last = { count: 0, waitedMs: 0 };
    const reader = readMessages((text) => {
      last = traffic.statements.get(text) ?? { count: 0, waitedMs: 0 };
      last.count += 1;
      traffic.statements.set(text, last);
    });
    let askedAt: number | undefined;
    near.on('data', (chunk: Buffer) => {
      askedAt ??= performance.now();
      reader(chunk);
      far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => {
      if (askedAt !== undefined) {
        traffic.roundTrips += 1;
        traffic.waitedMs += performance.now() - askedAt;
        last.waitedMs += performance.now() - askedAt;
      }
      askedAt = undefined;
      near.write(chunk);
    });
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`;
  return {
    url: url.href,
    reset: () => void (traffic = emptyTraffic()),
    seen: () => traffic,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  };
}

const emptyTraffic = (): Traffic => ({ roundTrips: 0, waitedMs: 0, statements: new Map() });

/** Reads the frontend's messages (PostgreSQL 15, 55.7) and tells of each statement that is run: by its text, wherever it was prepared. */
function readMessages(onStatement: (text: string) => void): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let hasBegun = false;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    if (!hasBegun && rest.length >= 4) {
      rest = rest.subarray(rest.readInt32BE(0)); // the first message has no type
      hasBegun = true;
    }
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const length = rest.readInt32BE(1);
      const words = rest.subarray(5, 1 + length).toString('latin1').split('\0');
      const type = String.fromCharCode(rest[0]!);
      if (type === 'P') prepared.set(words[0]!, words[1]!);
      if (type === 'B') onStatement(prepared.get(words[1]!)!);
      if (type === 'Q') onStatement(words[0]!);
      rest = rest.subarray(1 + length);
    }
  };
}
