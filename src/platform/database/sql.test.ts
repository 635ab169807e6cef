import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json, sql, toStatement, type Sql } from './sql.ts';

describe('the sql tag', () => {
  it('makes every value a parameter, whatever it holds', () => {
    expect(
      toStatement(sql`SELECT ${1}, ${"'; DROP TABLE x; --"} FROM t`),
    ).toMatchObject({ text: 'SELECT $1, $2 FROM t', values: [1, "'; DROP TABLE x; --"] });
    const pretender = { strings: ['1; DROP TABLE x'], values: [] };
    expect(toStatement(sql`SELECT ${pretender}`)).toMatchObject({ text: 'SELECT $1', values: [pretender] });
  });

  it('inlines parts, in their order, at the beginning, in the middle and at the end', () => {
    const where = sql`a = ${1} AND b = ${2}`;
    const statement = toStatement(sql`${sql`SELECT ${0}`} FROM t WHERE ${where} ${sql``} LIMIT ${sql`${3}`}`);
    expect(statement).toMatchObject({ text: 'SELECT $1 FROM t WHERE a = $2 AND b = $3  LIMIT $4', values: [0, 1, 2, 3] });
  });

  it('composes like the text that it would be, however deep', () => {
    type Piece = { text: string } | { value: number } | { parts: Piece[] };
    const { piece } = fc.letrec<{ piece: Piece }>((tie) => ({
      piece: fc.oneof({ depthSize: 'small' },
        fc.record({ text: fc.constantFrom('a', ' b ', '(', '') }),
        fc.record({ value: fc.nat(9) }),
        fc.record({ parts: fc.array(tie('piece'), { maxLength: 4 }) })),
    }));
    const build = (part: Piece): Sql => ('value' in part ? sql`${part.value}` : 'text' in part ? textOf(part.text) : part.parts.reduce<Sql>(
      (all, next) => sql`${all}${build(next)}`, sql``,
    ));
    const textOf = (text: string) => sql([text] as unknown as TemplateStringsArray);
    const flat = (part: Piece): (string | number)[] => ('value' in part ? [part.value] : 'text' in part ? [part.text] : part.parts.flatMap(flat));
    fc.assert(fc.property(piece, (part) => {
      const { text, values } = toStatement(build(part));
      const numbers = flat(part).filter((item) => typeof item === 'number');
      let n = 0;
      expect(text).toBe(flat(part).map((item) => (typeof item === 'number' ? `$${++n}` : item)).join(''));
      expect(values).toEqual(numbers);
    }));
  });

  it('names equal texts alike and others not, whatever the values', () => {
    const byId = (id: number) => toStatement(sql`SELECT ${id}`).name;
    expect(byId(1)).toBe(byId(2));
    expect(byId(1)).not.toBe(toStatement(sql`SELECT ${1} AS a`).name);
    expect(json({ a: [1, null] })).toBe('{"a":[1,null]}');
  });
});
