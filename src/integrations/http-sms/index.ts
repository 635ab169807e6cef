/** Text messages through any gateway that takes them by an HTTP POST: what it wants to be told is a template. */
import type { NoticeSender, OutgoingNotice } from '../../domain/notices/index.ts';
import type { Outbound } from '../../platform/outbound/index.ts';
import { outcomeOf } from '../answers.ts';

export interface SmsSettings {
  /** with placeholders: `{to}`, `{digits}` (without the plus), `{text}`, `{id}`, `{kind}`, `{language}`, `{template}` */
  url: string;
  body: string;
  headers: Record<string, string>;
  /** what the gateway (or a regulator) calls the text of each kind */
  templates: Record<string, string>;
  outbound: Outbound;
}

const FORM = 'application/x-www-form-urlencoded';

export function httpSmsSender({ url, body, headers: given, templates, outbound }: SmsSettings): NoticeSender {
  const headers = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = headers['content-type'] ?? FORM;
  const inBody = /\bjson\b/.test(contentType) ? inJson : contentType.startsWith(FORM) ? encodeURIComponent : (text: string) => text;
  return {
    send: async (notice) => {
      const values = valuesOf(notice, templates);
      const request = { headers: { ...headers, 'content-type': contentType }, body: fill(body, values, inBody) };
      return outcomeOf(await outbound.post(fill(url, values, encodeURIComponent), request));
    },
  };
}

function valuesOf({ recipient, text, id, kind, language }: OutgoingNotice, templates: Record<string, string>): Record<string, string> {
  return { to: recipient, digits: recipient.replace('+', ''), text, id, kind, language, template: templates[kind] ?? '' };
}

/** Each value as it has to be written there, so that none of them can say more than itself. */
function fill(template: string, values: Record<string, string>, write: (value: string) => string): string {
  return template.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? write(values[name]!) : whole));
}

/** Between the quotes of a JSON text. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
