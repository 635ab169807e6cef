/** What the parser says of a file: its imports, functions, comments and titles of tests. */
import { parseSync, Visitor, type Comment, type Program } from 'oxc-parser';
import type { TextFile } from './tree.ts';

export interface Import {
  /** as it is written; undefined when it is computed */
  from: string | undefined;
  line: number;
}

export interface ParsedFile extends TextFile {
  program: Program;
  comments: Comment[];
  imports: Import[];
  lineOf(offset: number): number;
}

const known = new Map<string, ParsedFile>();

/** Throws when the parser does not understand the file, since what it can't read it can't check. */
export function parseFile(file: TextFile): ParsedFile {
  const before = known.get(file.path);
  if (before?.text === file.text) return before;
  const { program, comments, module, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path} can't be parsed: ${errors[0]!.message}`);
  const lineOf = (offset: number): number => file.text.slice(0, offset).split('\n').length;
  const imports: Import[] = [
    ...module.staticImports.map(({ moduleRequest, start }) => ({ from: moduleRequest.value, line: lineOf(start) })),
    ...module.staticExports.flatMap(({ entries }) => entries.slice(0, 1).flatMap(({ moduleRequest, start }) => (
      moduleRequest === null ? [] : [{ from: moduleRequest.value, line: lineOf(start) }]))),
    ...importsWithinCode(program).map(({ from, start }) => ({ from, line: lineOf(start) })),
  ];
  const parsed = { ...file, program, comments, imports, lineOf };
  known.set(file.path, parsed);
  return parsed;
}

/** `import('./a.ts')`, as a call and as a type, and `new URL('./a.ts', import.meta.url)`, which is how a worker is named. */
function importsWithinCode(program: Program): { from: string | undefined; start: number }[] {
  const found: { from: string | undefined; start: number }[] = [];
  const literal = (node: { type: string; value?: unknown }) => (node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined);
  new Visitor({
    ImportExpression: ({ source, start }) => void found.push({ from: literal(source), start }),
    TSImportType: ({ source, start }) => void found.push({ from: literal(source), start }),
    NewExpression: ({ callee, arguments: [first], start }) => {
      const from = callee.type === 'Identifier' && callee.name === 'URL' && first ? literal(first) : undefined;
      if (from !== undefined && /^\.{1,2}\/.*\.ts$/.test(from)) found.push({ from, start });
    },
  }).visit(program);
  return found;
}
