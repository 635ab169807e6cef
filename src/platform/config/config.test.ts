import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './index.ts';

describe('the configuration', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'plugtime-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  const fileWith = (content: string): string => {
    const path = join(folder, 'settings.json');
    writeFileSync(path, content);
    return path;
  };
  const problemsOf = (env: Record<string, string>): string[] => {
    try {
      readConfig(env);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  it('has a default for everything that needs one, and takes the environment before the file', () => {
    expect(readConfig({})).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, DATABASE_PREPARE: true, PLUGTIME_DATA: './data' });
    const file = fileWith('{"PORT": 81, "HOST": "::1"}');
    expect(readConfig({ PLUGTIME_CONFIG: file, PORT: '82' })).toMatchObject({ HOST: '::1', PORT: 82 });
  });

  it('names every setting that is wrong, and every one that there is not', () => {
    const file = fileWith('{"PROT": 81, "DATABASE_PREPARE": "yes"}');
    expect(problemsOf({ PLUGTIME_CONFIG: file, PORT: 'abc', PLUGTIME_LOGS: 'info' })).toEqual([
      'PROT: there is no such setting', 'PLUGTIME_LOGS: there is no such setting', 'PORT: must be integer (it is "abc")', 'DATABASE_PREPARE: must be boolean (it is "yes")',
    ]);
  });

  it('says what is wrong with the file itself', () => {
    expect(problemsOf({ PLUGTIME_CONFIG: join(folder, 'gone.json') })).toEqual([expect.stringContaining("gone.json can't be read")]);
    expect(problemsOf({ PLUGTIME_CONFIG: fileWith('[]') })).toEqual([expect.stringContaining('must hold one JSON object')]);
  });

  it('never repeats a secret', () => {
    expect(problemsOf({ PLUGTIME_DEMO_KEY: 'my-secret', DATABASE_URL: 'mysql://me:my-secret@x' }).join()).not.toContain('my-secret');
  });
});
