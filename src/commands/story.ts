import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../app/serve.ts';
import { readConfig } from '../platform/config/index.ts';
import { createLog } from '../platform/log/index.ts';
import { EXIT, type ExitCode } from './command.ts';
import { prepareDemo } from './demo.ts';
import { playStory } from './story/story.ts';

export interface StoryArgs {
  /** a server that runs; else one of its own, on an embedded database that is gone afterwards */
  url?: string;
  apiKey?: string;
}

/** Tells the story of the seeds as it happens on the running program. */
export async function story({ url, apiKey }: StoryArgs): Promise<ExitCode> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (url !== undefined) {
    if (apiKey === undefined) throw new Error('say with which key of a sandbox: --api-key pt_sk_test_…');
    await playStory(url, apiKey, say);
    return EXIT.ok;
  }
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-story-'));
  const config = readConfig({ PATH: process.env.PATH, PLUGTIME_DATA: folder, PORT: '0', PLUGTIME_LOG: 'silent' });
  let secret = '';
  const app = await startApp({
    config, log: createLog(config), isDemo: true, prepare: async (runtime) => {
      ({ secret } = await prepareDemo(runtime, config));
    },
  });
  try {
    await playStory(app.url, secret, say);
    return EXIT.ok;
  } finally {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
