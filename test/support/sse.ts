/** Reads a stream of server-sent events, as a browser would. */
import type { Json } from './api.ts';

export interface SseReader {
  status: number;
  /** data of the messages of that name which have come, oldest first */
  messages(event: string): Json[];
  /** resolves when the newest message of that name is as wanted */
  until(event: string, isWanted: (data: Json) => boolean): Promise<Json>;
  /** resolves when the server has ended it */
  ended: Promise<void>;
  close(): void;
}

const WAIT_MS = 15_000;

export async function readSse(url: string, key?: string): Promise<SseReader> {
  const abort = new AbortController();
  const response = await fetch(url, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` }, signal: abort.signal });
  const came: { event: string; data: Json }[] = [];
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split('\n\n');
      rest = parts.pop()!;
      for (const part of parts) {
        const fields = Object.fromEntries(part.split('\n').filter((line) => !line.startsWith(':')).map((line) => line.split(/: (.*)/s, 2)));
        if (fields.event !== undefined) came.push({ event: fields.event, data: JSON.parse(fields.data) });
      }
    }
  };
  const ended = read().catch(() => undefined);
  const messages = (event: string): Json[] => came.filter((one) => one.event === event).map(({ data }) => data);
  return {
    status: response.status, messages, ended, close: () => abort.abort(),
    until: async (event, isWanted) => {
      const late = performance.now() + WAIT_MS;
      for (;;) {
        const newest = messages(event).at(-1);
        if (newest !== undefined && isWanted(newest)) return newest;
        if (performance.now() > late) throw new Error(`the newest ${event} is ${JSON.stringify(newest)}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
