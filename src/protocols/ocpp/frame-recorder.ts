/** Frames of stations that are written down (CHS-11): in memory until the next batch, so that no message waits for it. */
import { noteFrames, type Link, type NewFrame } from '../../domain/chargers/index.ts';
import { inContext, type Runtime } from '../../domain/organisations/index.ts';
import { processNow, type EpochMs } from '../../platform/clock/index.ts';
import { keepableFrame } from './frame-secrets.ts';

type Kept = Pick<NewFrame, 'direction' | 'frame'> & { at: EpochMs };

export interface FrameRecorder {
  /** Returns at once. */
  add(link: Link, direction: 'in' | 'out', text: string, onOff: () => void): void;
  /** Writes what has come so far. */
  stop(): Promise<void>;
}

const EVERY_MS = 500;
/** Of one station between two batches, and of all; beyond, frames are lost rather than memory. */
const MOST = { ofStation: 1_000, ofAll: 20_000 };

export function createFrameRecorder(runtime: Runtime, onError: (error: Error) => void): FrameRecorder {
  const waiting = new Map<string, { link: Link; frames: Kept[]; onOff: () => void }>();
  let count = 0;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const batches = [...waiting.values()];
    waiting.clear();
    count = 0;
    for (const { link: { stationId, networkId }, frames, onOff } of batches) {
      const isOn = await inContext(runtime, { networkId, actor: { kind: 'system' } }, (ctx) => (
        noteFrames(ctx, stationId, frames.map(({ at, ...frame }) => ({ ...frame, ageMs: processNow() - at })))));
      if (!isOn) onOff();
    }
  };
  const flush = (): Promise<void> => (writing = writing.then(write).catch(onError));
  const timer = setInterval(() => void (count > 0 && flush()), EVERY_MS);
  return {
    add: (link, direction, text, onOff) => {
      const batch = waiting.get(link.stationId) ?? { link, frames: [], onOff };
      waiting.set(link.stationId, batch);
      if (count >= MOST.ofAll || batch.frames.length >= MOST.ofStation) return;
      batch.frames.push({ direction, frame: keepableFrame(text), at: processNow() });
      count += 1;
    },
    stop: () => {
      clearInterval(timer);
      return flush();
    },
  };
}
