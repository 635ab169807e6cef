/**
 * Rules carry ids: a `SPEC.md` lists each rule once, in a row of a table or as a point of a list that begins with its id, and the
 * test that proves it names the id in its title or in a comment.
 */
import { Visitor } from 'oxc-parser';
import { parseFile, type ParsedFile } from './syntax.ts';
import { isTypeScript, type TextFile } from './tree.ts';

const ID = /\b[A-Z]{3,4}-[A-Z]?[1-9]\d*\b/g;
const LISTED = /^(?:\||[-*]|\d+\.) *(?:\*\*|`)?([A-Z]{3,4}-[A-Z]?[1-9]\d*)\b/;
/** What looks like an id and is none. */
const NOT_RULES = ['UTF', 'SHA', 'ISO', 'RFC', 'UTC', 'GMT', 'AES', 'HMAC', 'TLS', 'HTTP', 'IEC'];

export interface Findings {
  /** ids of all rules, in the order of the files */
  rules: string[];
  /** what is wrong with the lists themselves, and ids that are named where no list has them */
  violations: string[];
  /** rules that no test names */
  unproven: string[];
}

export function findSpecIds(files: readonly TextFile[]): Findings {
  const specs = files.filter(({ path }) => /(^|\/)SPEC\.md$/.test(path));
  const { listed, violations } = readLists(specs);
  const prefixes = new Set([...listed.keys()].map(prefixOf));
  const proven = new Set<string>();
  for (const spec of specs) violations.push(...unlisted(spec.path, idsIn(spec.text), listed));
  for (const file of files.filter(isTypeScript).map(parseFile)) {
    const titles = titlesOf(file);
    violations.push(...unlisted(file.path, [...file.comments.map(({ value }) => value), ...titles.told].flatMap(idsIn), listed));
    if (!file.path.endsWith('.test.ts')) continue;
    const named = [...file.comments.map(({ value }) => value), ...titles.told, ...titles.strings].flatMap(idsIn);
    for (const id of named) if (prefixes.has(prefixOf(id))) proven.add(id);
  }
  return { rules: [...listed.keys()], violations, unproven: [...listed.keys()].filter((id) => !proven.has(id)) };
}

function readLists(specs: readonly TextFile[]): { listed: Map<string, string>; violations: string[] } {
  const listed = new Map<string, string>();
  const violations: string[] = [];
  const pathOfPrefix = new Map<string, string>();
  for (const { path, text } of specs) {
    const ids = text.split('\n').flatMap((line) => LISTED.exec(line)?.[1] ?? []);
    if (ids.length === 0) violations.push(`${path} lists no rule`);
    for (const id of ids) {
      const other = pathOfPrefix.get(prefixOf(id)) ?? path;
      if (listed.has(id)) violations.push(`${path} lists ${id}, which ${listed.get(id)!} lists already`);
      else if (other !== path) violations.push(`${path} lists ${id}, but ${prefixOf(id)} belongs to ${other}`);
      pathOfPrefix.set(prefixOf(id), other);
      listed.set(id, path);
    }
  }
  return { listed, violations };
}

function unlisted(path: string, ids: readonly string[], listed: ReadonlyMap<string, string>): string[] {
  return [...new Set(ids)].filter((id) => !listed.has(id) && !NOT_RULES.includes(prefixOf(id))).map((id) => `${path} names ${id}, which no SPEC.md lists`);
}

/** Titles of suites and tests; and all other text in strings, where a table of cases may hold the ids. */
function titlesOf({ program }: ParsedFile): { told: string[]; strings: string[] } {
  const told: string[] = [];
  const strings: string[] = [];
  new Visitor({
    Literal: ({ value }) => void (typeof value === 'string' && strings.push(value)),
    TemplateElement: ({ value }) => void strings.push(value.raw),
    CallExpression: ({ callee, arguments: [first] }) => {
      if (!/^(describe|it|test)$/.test(rootOf(callee)) || !first) return;
      if (first.type === 'Literal' && typeof first.value === 'string') told.push(first.value);
      if (first.type === 'TemplateLiteral') told.push(first.quasis.map(({ value }) => value.raw).join(' '));
    },
  }).visit(program);
  return { told, strings };
}

/** `it` of `it.each(rows)`, and of `it.skip`. */
function rootOf(node: { type: string; name?: unknown; object?: unknown; callee?: unknown; tag?: unknown }): string {
  const inner = node.object ?? node.callee ?? node.tag;
  return inner === undefined ? String(node.name) : rootOf(inner as typeof node);
}

const idsIn = (text: string): string[] => [...text.matchAll(ID)].map(([id]) => id);
const prefixOf = (id: string): string => id.slice(0, id.indexOf('-'));
