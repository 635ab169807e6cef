/** What the linter has no rule for: where the wall clock may be read, where SQL may stand, how wide a line may be. */
import { Visitor, type Expression } from 'oxc-parser';
import { parseFile } from './syntax.ts';
import { isTestCode, type TextFile } from './tree.ts';

export const WIDEST_LINE = 180;

/** Lines that nobody can read without scrolling. */
export function wideLines({ path, text }: TextFile): string[] {
  return text.split('\n').flatMap((line, i) => (line.length > WIDEST_LINE ? [`${path}:${i + 1} has ${line.length} characters`] : []));
}

/** `Date.now()`, `new Date()` without an argument, `Date()` and `Temporal.Now`: the wall clock, which is the clock's alone to read. */
export function clockReadings(file: TextFile): string[] {
  const { program, lineOf } = parseFile(file);
  const found: string[] = [];
  const isDate = (node: { type: string; name?: unknown }) => node.type === 'Identifier' && node.name === 'Date';
  const see = (what: string, at: number) => found.push(`${file.path}:${lineOf(at)} reads ${what}`);
  new Visitor({
    NewExpression: ({ callee, arguments: given, start }) => void (isDate(callee) && given.length === 0 && see('new Date()', start)),
    CallExpression: ({ callee, start }) => void (isDate(callee) && see('Date()', start)),
    MemberExpression: ({ object, property, start }) => {
      if (isDate(object) && nameOf(property) === 'now') see('Date.now', start);
      if (object.type === 'Identifier' && object.name === 'Temporal' && nameOf(property) === 'Now') see('Temporal.Now', start);
    },
  }).visit(program);
  return found;
}

/** SQL of the domain and of the protocols stands in the stores of their rooms. */
export function strayingSql(file: TextFile): string[] {
  if (isTestCode(file.path) || !/^src\/(domain|protocols|integrations|app|commands|demo)\//.test(file.path) || /\/store(-[a-z0-9-]+)?\.ts$/.test(file.path)) return [];
  const { program, lineOf } = parseFile(file);
  const found: string[] = [];
  const see = (at: number) => found.push(`${file.path}:${lineOf(at)} holds SQL, which belongs in a store`);
  new Visitor({
    TaggedTemplateExpression: ({ tag, start }) => void (tag.type === 'Identifier' && tag.name === 'sql' && see(start)),
    CallExpression: ({ callee, arguments: [first], start }) => {
      const isRaw = callee.type === 'MemberExpression' && ['raw', 'script'].includes(nameOf(callee.property) ?? '');
      if (isRaw && (first?.type === 'Literal' || first?.type === 'TemplateLiteral')) see(start);
    },
  }).visit(program);
  return found;
}

function nameOf(property: Expression | { type: string; name?: string; value?: unknown }): string | undefined {
  if (property.type === 'Identifier') return (property as { name: string }).name;
  return property.type === 'Literal' ? String((property as { value: unknown }).value) : undefined;
}
