/** docs/ocpp-messages.md names every message that there is, and what it says of each is so. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { COMMAND_TYPES } from '../../src/domain/chargers/index.ts';
import { ACTIONS } from '../../src/protocols/ocpp/actions.ts';
import { readTree } from '../tidy/tree.ts';

const COLUMNS = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
const SCHEMAS = { 'ocpp1.6': 'ocpp1_6', 'ocpp2.0.1': 'ocpp2_0_1', 'ocpp2.1': 'ocpp2_1' } as const;
const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort((a, b) => a.localeCompare(b));

interface Row {
  message: string;
  versions: (typeof COLUMNS)[number][];
  how: string;
}

function rowsOf(title: string): Row[] {
  const text = readFileSync(new URL('../../docs/ocpp-messages.md', import.meta.url), 'utf8').split(`## ${title}\n`)[1]!.split('\n## ')[0]!;
  return [...text.matchAll(/^\| `(\w+)` \| ([✓–]) \| ([✓–]) \| ([✓–]) \| (.+) \|$/gm)].map(([, message, one, two, three, how]) => (
    { message: message!, versions: COLUMNS.filter((_, i) => [one, two, three][i] === '✓'), how: how! }));
}

/** Messages of a version, as the library's schemas have them. */
const messagesOf = (version: (typeof COLUMNS)[number]): string[] => (createRequire(import.meta.url)(`ocpp-rpc/lib/schemas/${SCHEMAS[version]}.json`) as { $id: string }[])
  .flatMap(({ $id }) => /^urn:(\w+?)(?:\.req|Request)$/.exec($id)?.[1] ?? []);

describe('the table of messages', () => {
  const [from, to] = [rowsOf('From the station'), rowsOf('To the station')];

  it.each(COLUMNS)('OCPP-5 has every message of %s, and no other', (version) => {
    expect(messagesOf(version).length).toBeGreaterThan(35);
    expect(sorted([...from, ...to].filter(({ versions }) => versions.includes(version)).map(({ message }) => message))).toEqual(sorted(messagesOf(version)));
  });

  it.each(COLUMNS)('OCPP-5 says which of %s are handled', (version) => {
    const rows = from.filter(({ versions }) => versions.includes(version));
    expect(sorted(rows.filter(({ how }) => how !== '`NotSupported`').map(({ message }) => message))).toEqual(sorted(Object.keys(ACTIONS[version])));
  });

  it('OCPP-5 says which are sent, and on which command', () => {
    const source = readTree().filter(({ path }) => path.startsWith('src/protocols/ocpp/') && !path.endsWith('.test.ts')).map(({ text }) => text).join('\n');
    const sent = [...source.matchAll(/(?:action: |\bcall\(|socket\.call\()'([A-Z]\w+)'/g)].map(([, action]) => action!);
    expect(sorted(to.filter(({ how }) => how !== 'not sent').map(({ message }) => message))).toEqual(sorted(sent));
    const types = to.flatMap(({ how }) => [...how.matchAll(/`([a-z_]+)`/g)].map(([, type]) => type!));
    expect(types.filter((type) => !(COMMAND_TYPES as readonly string[]).includes(type))).toEqual([]);
    expect(sorted(types)).toEqual(sorted(COMMAND_TYPES));
  });
});
