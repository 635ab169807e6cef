import { createHash } from 'node:crypto';

/** A statement or a part of one: text with `$1…` placeholders, and the values for them. */
export interface Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
}

/** A statement ready for a driver. `name` is a hash of the text, so that equal text is prepared once per connection. */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
  readonly name: string;
}

/**
 * Writes SQL with its values in place: `sql\`SELECT * FROM evses WHERE id = ${id}\``. A value that is itself `sql` is
 * inlined, so statements compose; everything else becomes a parameter and never part of the text.
 */
export function sql(strings: TemplateStringsArray, ...inputs: unknown[]): Sql {
  const texts: string[] = [strings[0]!];
  const values: unknown[] = [];
  inputs.forEach((input, i) => {
    const after = strings[i + 1]!;
    if (isSql(input)) {
      texts[texts.length - 1] += input.strings[0]!;
      for (let k = 1; k < input.strings.length; k++) texts.push(input.strings[k]!);
      values.push(...input.values);
      texts[texts.length - 1] += after;
    } else {
      values.push(input);
      texts.push(after);
    }
  });
  return new SqlText(texts, values);
}

class SqlText implements Sql {
  readonly strings: readonly string[];
  readonly values: readonly unknown[];
  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings;
    this.values = values;
  }
}

function isSql(value: unknown): value is Sql {
  return value instanceof SqlText;
}

/** A value for a `jsonb` parameter; both drivers take it as text. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

const names = new Map<string, string>();

export function toStatement(part: Sql): Statement {
  const text = part.strings.reduce((all, piece, i) => (i === 0 ? piece : `${all}$${i}${piece}`), '');
  return { text, values: [...part.values], name: nameOf(text) };
}

/** Names are never recycled: a name that stood for another text once would run the wrong statement. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash('sha1').update(text).digest('base64url');
    if (names.size < 10_000) names.set(text, name);
  }
  return name;
}
