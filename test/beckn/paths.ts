/** Where values lie in a message: a path for each, lists as `[]`. */
export function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => pathsOf(one, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return [...new Set(Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, `${path}/${name}`)))];
}

/** What of these paths a message does not have. */
export function missingPaths(expected: readonly string[], message: unknown): string[] {
  const has = new Set(pathsOf(message));
  return expected.filter((path) => !has.has(path));
}
