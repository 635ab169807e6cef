/** Server-sent events: an answer that goes on until one of the two sides ends it. */
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Streams that are open, so that a shutdown can end them. */
export interface Streams {
  closeAll(): void;
}

export interface SseStream {
  /** Writes a message; resolves once the reader can take another. */
  write(text: string): Promise<void>;
  isClosed(): boolean;
  /** Resolves when either side has ended it. */
  closed: Promise<void>;
  /** Ends it, once what was written is sent. */
  end(): void;
}

/** Answers a request with a stream. */
export function openStream(request: FastifyRequest, reply: FastifyReply): SseStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)])),
    'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'keep-alive', 'x-request-id': request.id,
  });
  raw.write(': connected\n\n');
  let isClosed = false;
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const gone = (): void => {
    isClosed = true;
    close();
  };
  raw.on('close', gone);
  raw.on('error', gone);
  const drained = () => new Promise<void>((resolve) => (raw.once('drain', resolve), raw.once('close', resolve)));
  return {
    closed, isClosed: () => isClosed,
    write: async (text) => {
      if (!isClosed && !raw.write(text)) await drained();
    },
    end: () => {
      gone();
      raw.end();
    },
  };
}

/** Those that are open, and what is done when one has ended. */
export function openStreams(): Streams & { keep(stream: SseStream, onClosed: () => void): void } {
  const open = new Set<SseStream>();
  return {
    keep: (stream, onClosed) => {
      open.add(stream);
      void stream.closed.then(() => {
        open.delete(stream);
        onClosed();
      });
    },
    closeAll: () => open.forEach((stream) => stream.end()),
  };
}

/** Counts streams by whom they are for. */
export function streamCounter(most: number): { take(name: string): (() => void) | undefined } {
  const open = new Map<string, number>();
  return {
    take: (name) => {
      const count = open.get(name) ?? 0;
      if (count >= most) return undefined;
      open.set(name, count + 1);
      return () => {
        const left = open.get(name)! - 1;
        if (left === 0) open.delete(name);
        else open.set(name, left);
      };
    },
  };
}
