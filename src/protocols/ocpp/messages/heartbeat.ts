import { toRfc3339 } from '../../../platform/clock/index.ts';
import type { Handler } from '../message.ts';

/** Stations set their clocks by it. */
export const heartbeat: Handler = (ctx) => ({ currentTime: toRfc3339(ctx.now) });
