/** The command line as scripts use it: what it answers when it is used wrongly. Commands that work are proven where their work is. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

async function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; out: string; notes: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } });
  const [out, notes] = [[] as string[], [] as string[]];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => notes.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out: out.join(''), notes: notes.join('') };
}

describe('the command line', () => {
  it.each([
    ['an unknown command', ['fly'], "unknown command 'fly'"],
    ['a missing option of a command', ['import', 'stations.json'], "required option '--format <format>' not specified"],
    ['a wrong choice in a command of a command', ['keys', 'create', 'acme', '--scope', 'everything'], "argument 'everything' is invalid"],
  ])('ends with 2 and says how to use it: %s', async (_what, args, said) => {
    const { code, out, notes } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(notes).toContain(said);
    expect(notes).toContain('Usage: plugtime');
  });

  it('ends with 2 and names the setting when the configuration is wrong', async () => {
    const { code, notes } = await run(['migrate'], { PORT: 'abc' });
    expect(code).toBe(2);
    expect(notes).toContain('PORT: must be integer (it is "abc")');
  });

  it('ends with 0 when help is asked for, and lists every setting', async () => {
    const { code, out } = await run(['serve', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('DATABASE_URL');
  });
});
