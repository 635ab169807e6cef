/** The guides name everything that there is of a kind, and nothing that there is not. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACCESS } from '../src/domain/organisations/access.ts';
import { SCOPES } from '../src/domain/organisations/index.ts';
import { DEFAULT_POLICY, STATUSES } from '../src/domain/reservations/index.ts';
import { describeConfig } from '../src/platform/config/index.ts';
import { ID_PREFIXES } from '../src/platform/ids/index.ts';
import { PolicyFields, ReservationOut } from '../src/protocols/rest/schemas/reservation.ts';
import { productionFiles, readTree } from './tidy/tree.ts';

const guide = (name: string): string => readFileSync(new URL(`../docs/${name}`, import.meta.url), 'utf8');
/** What stands in backticks in the tables (or in all) of a guide. */
const named = (text: string): Set<string> => new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word!));
const tablesOf = (text: string): string => text.split('\n').filter((line) => line.startsWith('|')).join('\n');
const missing = (wanted: Iterable<string>, found: Set<string>): string[] => [...wanted].filter((word) => !found.has(word));

/** Every type of event that the code emits: texts of the form of one that are neither a row of the access table nor an action of the audit log. */
function emittedTypes(): Set<string> {
  const emits = (path: string): boolean => path.startsWith('src/domain/') && !path.startsWith('src/domain/telling/'); // which only reads them
  const texts = productionFiles(readTree()).filter(({ path }) => emits(path)).map(({ text }) => text);
  const actions = new Set([...Object.keys(ACCESS), ...texts.flatMap((text) => [...text.matchAll(/audit\(\w+, '([^']+)'/g)].map(([, action]) => action!))]);
  const objects = [
    'reservation', 'reservation_series', 'waitlist_entry', 'session', 'location', 'evse', 'policy', 'test_clock', 'block',
    'outage', 'conflict', 'station', 'station_command', 'station_frame_log', 'pending_station', 'driver', 'vehicle', 'wallet', 'invoice', 'credit_note', 'programme', 'membership',
    'notice', 'rating', 'support_ticket', 'external_reservation',
  ];
  const form = new RegExp(`'((?:${objects.join('|')})\\.[a-z_]+)'`, 'g');
  return new Set(texts.flatMap((text) => [...text.matchAll(form)].map(([, type]) => type!)).filter((type) => !actions.has(type)));
}

/** The types of the guide's table; `.confirmed` after `reservation.created` is `reservation.confirmed`. */
function documentedTypes(): Set<string> {
  const types = new Set<string>();
  for (const row of tablesOf(guide('events.md').split('## Types')[1]!.split('\n## ')[0]!).split('\n')) {
    let family = '';
    for (const [, word] of row.split('|')[1]!.matchAll(/`([a-z_]*\.[a-z_]+)`/g)) {
      family = word!.startsWith('.') ? family : word!.split('.')[0]!;
      types.add(word!.startsWith('.') ? `${family}${word}` : word!);
    }
  }
  types.delete('webhook.test');
  return types;
}

describe('the guides', () => {
  it('name every setting', () => {
    const settings = describeConfig().map(({ name }) => name);
    expect(settings.length).toBeGreaterThan(10);
    expect(missing(settings, named(tablesOf(guide('operate.md'))))).toEqual([]);
    const known = new Set([...settings, 'PLUGTIME_CONFIG']);
    expect([...named(guide('operate.md'))].filter((word) => /^(PLUGTIME|DATABASE)_[A-Z_]+$/.test(word) && !known.has(word))).toEqual([]);
  });

  it('name every type of event', () => {
    const emitted = emittedTypes();
    expect(emitted.size).toBeGreaterThan(25);
    expect([...documentedTypes()].sort()).toEqual([...emitted].sort());
  });

  it('name every field of a reservation and of a policy, and every state', () => {
    const words = named(tablesOf(guide('reservations.md')));
    expect(missing(Object.keys(ReservationOut.properties), words)).toEqual([]);
    expect(missing(Object.keys(PolicyFields), words)).toEqual([]);
    for (const status of STATUSES) expect(guide('reservations.md')).toContain(status);
  });

  it('tell the defaults of a policy', () => {
    const text = guide('reservations.md');
    const defaults: Record<string, string> = {
      slot_grid_minutes: String(DEFAULT_POLICY.slotGridMinutes), buffer_minutes: String(DEFAULT_POLICY.bufferMinutes),
      early_start_minutes: String(DEFAULT_POLICY.earlyStartMinutes), no_show_minutes: String(DEFAULT_POLICY.noShowMinutes),
      grace_minutes: String(DEFAULT_POLICY.graceMinutes), hold_minutes: String(DEFAULT_POLICY.holdMinutes),
      max_active_per_driver: String(DEFAULT_POLICY.maxActivePerDriver), walk_in_share_percent: String(DEFAULT_POLICY.walkInSharePercent),
      mode: `\`${DEFAULT_POLICY.mode}\``, walk_in_into_slot: `\`${DEFAULT_POLICY.walkInIntoSlot}\``,
    };
    for (const [field, fallback] of Object.entries(defaults)) expect(text).toContain(`| \`${field}\` | ${fallback} |`);
  });

  it('name every scope and every prefix of ids', () => {
    const words = named(guide('api-conventions.md'));
    expect(missing(SCOPES, words)).toEqual([]);
    expect(missing(Object.values(ID_PREFIXES).map((prefix) => `${prefix}_`), words)).toEqual([]);
  });
});
