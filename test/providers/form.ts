/** Bodies as Stripe takes them: form-encoded, with brackets for what is nested. */
export type Params = { [name: string]: string | Params };

/** `a[b][0]=c` is `{a: {b: {0: 'c'}}}`. */
export function parseForm(text: string): Params {
  const params: Params = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = name.split(/[[\]]+/).filter((key) => key !== '');
    let place = params;
    for (const key of keys.slice(0, -1)) place = (place[key] ??= {}) as Params;
    place[keys.at(-1) ?? name] = value;
  }
  return params;
}

/** Names of all that was given, without the numbers of lists: `line_items[][price_data][currency]`. */
export function namesOf(text: string): string[] {
  return [...new URLSearchParams(text).keys()].map((name) => name.replaceAll(/\[\d+\]/g, '[]'));
}

export const textAt = (params: Params, ...path: string[]): string | undefined => {
  const value = path.reduce<string | Params | undefined>((place, key) => (typeof place === 'object' ? place[key] : undefined), params);
  return typeof value === 'string' ? value : undefined;
};

export const mapAt = (params: Params, ...path: string[]): Record<string, string> => {
  const value = path.reduce<string | Params | undefined>((place, key) => (typeof place === 'object' ? place[key] : undefined), params);
  return typeof value === 'object' ? value as Record<string, string> : {};
};
