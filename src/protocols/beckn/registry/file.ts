/** A registry in a file, for development: a JSON list of subscribers, read anew when the file changes. */
import { readFile, stat } from 'node:fs/promises';
import { Refused } from '../refusal.ts';
import { matching, parseSubscriber, type Registry, type Subscriber } from './subscriber.ts';

export function fileRegistry(path: string): Registry {
  let [readAt, subscribers]: [number, Subscriber[]] = [-1, []];
  return {
    find: async (subscriberId, keyId) => {
      try {
        const { mtimeMs } = await stat(path);
        if (mtimeMs !== readAt) [readAt, subscribers] = [mtimeMs, parseSubscribers(await readFile(path, 'utf8'))];
      } catch (error) {
        throw new Refused('registry_unavailable', `The registry's file can not be read: ${(error as Error).message}`);
      }
      return matching(subscribers, subscriberId, keyId);
    },
  };
}

function parseSubscribers(text: string): Subscriber[] {
  const list: unknown = JSON.parse(text);
  if (!Array.isArray(list)) throw new TypeError('it must hold a list of subscribers');
  return list.flatMap((one) => parseSubscriber(one) ?? []);
}
