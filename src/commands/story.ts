import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from '../app/serve.ts';
import { readConfig } from '../platform/config/index.ts';
import { createLog } from '../platform/log/index.ts';
import { EXIT, type ExitCode } from './command.ts';
import { prepareDemo } from './demo.ts';
import { playBetween } from './story/open-network.ts';
import { startPlatforms } from './story/platforms.ts';
import { playStory } from './story/story.ts';
import type { Say } from './story/words.ts';

export interface StoryArgs {
  /** a server that runs; else one of its own, on an embedded database that is gone afterwards */
  url?: string;
  apiKey?: string;
}

/** What the seeds tell, and in which generation of the wire. */
const BETWEEN = [{ seed: '001', generation: 'B', wire: 'the 2.0 draft' }, { seed: '000', generation: 'A', wire: 'Beckn 1.1' }];

/** Tells the stories of the seeds between two platforms, each a process of its own; fails when the two do not agree about what happened. */
export async function storyBetween(): Promise<ExitCode> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const differences: string[] = [];
  for (const one of BETWEEN) differences.push(...await storyOf(one, say));
  say(differences.length === 0 ? '\nBoth sides agree.' : `\nThe two sides do NOT agree about ${differences.join(', ')}.`);
  return differences.length === 0 ? EXIT.ok : EXIT.failed;
}

/** One of them, on platforms of its own. */
async function storyOf({ seed, generation, wire }: (typeof BETWEEN)[number], say: Say): Promise<string[]> {
  const platforms = await startPlatforms((line) => say(`    registry and gateway (stand-ins): ${line}`));
  const { app, provider } = platforms;
  try {
    say(`\n== The story of seed ${seed}, over ${wire} ==\n`);
    say(`Two platforms are up: ${app.subscriberId} sells to drivers (${app.url}), ${provider.subscriberId} has stations (${provider.url}). They talk over signed HTTP.`);
    say('Both are sandboxes: the station is a simulator, and no money moves.');
    return await playBetween(platforms, generation, say);
  } finally {
    await platforms.stop();
  }
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
