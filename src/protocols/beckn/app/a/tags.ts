import { at, listOf, textOf } from '../../provider/index.ts';

/** The value of a tag by its code, in the group with that code. */
export function tagIn(groups: unknown, group: string, code: string): string | undefined {
  const list = listOf(groups).filter((one) => textOf(at(one, 'descriptor', 'code'))?.toLowerCase() === group).flatMap((one) => listOf(one.list));
  const value = list.find((tag) => textOf(at(tag, 'descriptor', 'code'))?.toLowerCase() === code)?.value;
  return typeof value === 'number' ? String(value) : textOf(value);
}
