/** The command line: one message on standard input. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextA, newParty } from '../support/beckn-bed.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Ran { code: number | null; out: string; err: string }

function run(args: string[], input: string): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, 'beckn', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out: out.trim(), err })));
}

describe('plugtime beckn', () => {
  const party = newParty('bap.example');
  const message = JSON.stringify({ context: contextA('select', { ttl: 'PT1H' }), message: { note: '₹100' } }, null, 1);
  let folder: string;
  let registry: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'plugtime-beckn-command-'));
    registry = join(folder, 'registry.json');
    writeFileSync(registry, JSON.stringify([{ subscriber_id: 'bap.example', key_id: 'k1', signing_public_key: party.publicKey }]));
    writeFileSync(join(folder, 'key'), `${party.privateKey}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('BKN-40: signs the raw bytes, and verifies them with a registry', async () => {
    const signed = await run(['sign', '--subscriber', 'bap.example', '--key-id', 'k1', '--key', join(folder, 'key')], message);
    expect(signed).toMatchObject({ code: 0, out: expect.stringMatching(/^Signature keyId="bap\.example\|k1\|ed25519"/) });
    const verify = (input: string, ...more: string[]) => run(['verify', '--header', signed.out, '--registry', registry, ...more], input);
    expect(await verify(message)).toMatchObject({ code: 0, out: 'ok\tbap.example|k1' });
    expect(await verify(`${message}\n`)).toMatchObject({ code: 1, out: expect.stringMatching(/^refused\tsignature_invalid/) });
    expect(await verify(message, '--at', '2036-01-01T00:00:00Z')).toMatchObject({ code: 1, out: expect.stringMatching(/signature_expired/) });
    expect((await run(['sign', '--subscriber', 'a', '--key-id', 'b', '--key', 'nonsense'], message)).code).toBe(2);
  });

  it('BKN-40: tells what a message is', async () => {
    const { context: { timestamp } } = JSON.parse(message) as { context: { timestamp: string } };
    expect(await run(['check', '--at', timestamp], message)).toMatchObject({ code: 0, out: expect.stringMatching(/^generation\tA\naction\tselect\n/) });
    expect(await run(['check', '--at', '2036-01-01T00:00:00Z'], message)).toMatchObject({ code: 1, out: expect.stringMatching(/problem\tits ttl is over/) });
    expect(await run(['check'], '{')).toMatchObject({ code: 1, out: expect.stringMatching(/body_malformed/) });
  });
});
