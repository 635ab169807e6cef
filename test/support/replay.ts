/** Plays what a station once said to a server again: a log of frames as `GET /v1/charging_stations/{id}/frames` gives it. */
import { expect } from 'vitest';
import type { Charger, Frame } from './charger.ts';

export interface LoggedFrame {
  direction: 'in' | 'out';
  frame: string;
}

/** Gives what the server answered, and what it asked, in the order of the log (oldest first). Calls of the server's own get the logged answers. */
export async function replay(charger: Charger, log: readonly LoggedFrame[]): Promise<Frame[]> {
  const frames = log.map(({ direction, frame }) => ({ direction, frame: JSON.parse(frame) as Frame }));
  const given: Frame[] = [];
  /** their ids now, of calls that the server has made then */
  const ids = new Map<string, string>();
  for (const { direction, frame } of frames) {
    const [type, id] = frame;
    if (direction === 'in' && type === 2) given.push(await charger.call(frame[2] as string, frame[3]));
    if (direction === 'out' && type === 2) {
      const asked = await charger.next();
      expect(asked[2]).toBe(frame[2]);
      ids.set(id, asked[1]);
      given.push(asked);
    }
    if (direction === 'in' && type !== 2) charger.send(JSON.stringify([type, ids.get(id), ...frame.slice(2)]));
  }
  return given;
}
