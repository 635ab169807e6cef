/** A reader of the event stream, as an application would write one: it keeps its position and resumes from it whenever the stream breaks. */
import type { Json } from './api.ts';

export interface EventReader {
  /** every event that came, in the order in which it came */
  events: Json[];
  /** messages that are not what they say */
  faults: string[];
  /** how often the stream was opened */
  connections(): number;
  /** resolves when an event at or after that position has come */
  reached(position: number, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

interface Message {
  id?: string;
  event?: string;
  data?: string;
}

/** Reads from the beginning. @param urlOf where the stream is now; asked before each connection */
export function readEventStream(urlOf: () => Promise<string>, key: string): EventReader {
  const events: Json[] = [];
  const faults: string[] = [];
  const abort = new AbortController();
  const aborted = new Promise<undefined>((resolve) => abort.signal.addEventListener('abort', () => resolve(undefined)));
  let lastId = '0';
  let connections = 0;
  const take = ({ id, event, data }: Message): void => {
    if (id === undefined || data === undefined) return; // a heartbeat
    const body = JSON.parse(data);
    if (String(body.position) !== id || body.type !== event) faults.push(`message ${id} (${event}) holds the event ${body.position} (${body.type})`);
    events.push(body);
    lastId = id;
  };
  const follow = async (): Promise<void> => {
    const url = await Promise.race([urlOf(), aborted]);
    if (url === undefined) return;
    const response = await fetch(`${url}/v1/events/stream`, { headers: { authorization: `Bearer ${key}`, 'last-event-id': lastId }, signal: abort.signal });
    if (!response.ok) throw new Error(`the stream answered ${response.status}`);
    connections += 1;
    let rest = '';
    for await (const text of response.body!.pipeThrough(new TextDecoderStream())) {
      const messages = (rest + text).split('\n\n');
      rest = messages.pop()!; // a message that was cut off is none
      for (const message of messages) take(parse(message));
    }
  };
  const loop = async (): Promise<void> => {
    while (!abort.signal.aborted) {
      await follow().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const running = loop();
  return {
    events, faults,
    connections: () => connections,
    reached: async (position, timeoutMs) => {
      const until = performance.now() + timeoutMs;
      while (Number(lastId) < position) {
        if (performance.now() > until) throw new Error(`the reader is at ${lastId} and not yet at ${position}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}

function parse(message: string): Message {
  return Object.fromEntries(message.split('\n').filter((line) => !line.startsWith(':')).map((line) => line.split(/: (.*)/s, 2)));
}
