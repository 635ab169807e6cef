/** From the sources of a mapping to functions that read them from a row. */
import { DomainError } from '../../../platform/errors/index.ts';
import type { SourceMapping } from './csv-mapping.ts';
import { asNumber, asText, lookUp } from './values.ts';

type Cells = readonly string[];
type ReadText = (cells: Cells) => string | undefined;

/** Compiles sources against the header of one file, noting the columns that it lacks. */
export interface SourceCompiler {
  /** what is not mapped reads as undefined */
  text(source: SourceMapping | undefined): ReadText;
  number(source: SourceMapping | undefined): (cells: Cells) => number | undefined;
  list(source: SourceMapping | undefined): (cells: Cells) => string[];
  /** @throws DomainError invalid_request naming the columns that were asked for and are not there */
  requireAll(): void;
}

export function sourceCompiler(columns: readonly string[], file: string, decimalComma: boolean): SourceCompiler {
  const missing = new Set<string>();
  const positionOf = (name: string): number => {
    const at = columns.indexOf(name);
    if (at === -1) missing.add(name);
    return at;
  };
  const text = (source: SourceMapping | undefined): ReadText => compileText(source, positionOf);
  return {
    text,
    number: (source) => {
      const read = text(source);
      return (cells) => asNumber(read(cells), decimalComma);
    },
    list: (source) => compileList(source, positionOf),
    requireAll: () => {
      if (missing.size === 0) return;
      const names = [...missing].map((name) => `"${name}"`).join(', ');
      const known = columns.slice(0, 50).join(', ');
      throw new DomainError('invalid_request', `The mapping names columns that the file of ${file} does not have: ${names}. It has: ${known}.`);
    },
  };
}

function compileText(source: SourceMapping | undefined, positionOf: (name: string) => number): ReadText {
  if (source === undefined) return () => undefined;
  if (typeof source === 'string') {
    const at = positionOf(source);
    return (cells) => asText(cells[at]);
  }
  const { constant, join, after } = source;
  if (source.column === undefined) return () => asText(constant);
  const positions = [source.column].flat().map(positionOf);
  return (cells) => {
    const found = positions.map((at) => asText(cells[at])).filter((text) => text !== undefined);
    const whole = join === undefined ? found[0] : asText(found.join(join));
    return translate(after === undefined ? whole : textAfter(whole, after), source) ?? asText(constant);
  };
}

function textAfter(text: string | undefined, mark: string): string | undefined {
  const at = text?.lastIndexOf(mark) ?? -1;
  return at === -1 ? undefined : asText(text?.slice(at + mark.length));
}

type Translation = Pick<Exclude<SourceMapping, string>, 'values' | 'otherwise'>;

function translate(text: string | undefined, { values, otherwise }: Translation): string | undefined {
  if (text === undefined) return asText(otherwise);
  if (values === undefined) return text;
  const listed = lookUp(values, text) ?? lookUp(values, text.toLowerCase());
  return asText(listed ?? otherwise ?? text);
}

function compileList(source: SourceMapping | undefined, positionOf: (name: string) => number): (cells: Cells) => string[] {
  if (source === undefined) return () => [];
  const options = typeof source === 'string' ? { column: source } : source;
  const { values, otherwise, separator = ';', constant, ...place } = options;
  const members = (text = ''): string[] => text.split(separator).map((member) => member.trim()).filter((member) => member !== '');
  const fixed = members(constant);
  if (options.column === undefined) return () => fixed;
  const read = compileText({ ...place, join: separator }, positionOf);
  return (cells) => [...fixed, ...members(read(cells)).flatMap((member) => translate(member, { values, otherwise }) ?? [])];
}
