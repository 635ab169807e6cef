/** How fast a station may talk: beyond it, it is read more slowly, so that nothing is lost and nobody else has to wait. */
import { MINUTE_MS, processNow } from '../../platform/clock/index.ts';

export interface Pace {
  /** a message has come */
  came(): void;
  /** it has been answered */
  answered(): void;
  stop(): void;
}

/** Messages of one station that wait for their turn; they are done one after the other. */
const MOST_WAITING = 32;

/** @param perMinute also how many may come at once after a quiet minute */
export function createPace(socket: { pause(): void; resume(): void }, perMinute: number): Pace {
  let tokens = perMinute;
  let at = processNow();
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;
  let isPaused = false;

  const settle = (): void => {
    const now = processNow();
    tokens = Math.min(perMinute, tokens + ((now - at) * perMinute) / MINUTE_MS);
    at = now;
    const isTooMuch = tokens < 0 || waiting > MOST_WAITING;
    if (isTooMuch !== isPaused) {
      if (isTooMuch) socket.pause();
      else socket.resume();
    }
    isPaused = isTooMuch;
    clearTimeout(timer);
    if (tokens < 0) timer = setTimeout(settle, Math.ceil((-tokens * MINUTE_MS) / perMinute) + 1).unref();
  };
  return {
    came: () => {
      tokens -= 1;
      waiting += 1;
      settle();
    },
    answered: () => {
      waiting -= 1;
      settle();
    },
    stop: () => clearTimeout(timer),
  };
}
