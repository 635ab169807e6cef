import { isIP } from 'node:net';
import { DomainError } from '../errors/index.ts';
import { isPublicAddress } from './addresses.ts';

export const MAX_URL_CHARS = 2_048;

export interface UrlRules {
  /** loopback and private addresses too: for tests and development only */
  allowPrivate: boolean;
  httpsOnly: boolean;
}

export interface UrlRefusal {
  failure: 'refused_url' | 'refused_address';
  /** a sentence for people */
  detail: string;
}

/** Why a URL is not called, as far as that shows without DNS; undefined when nothing stands against it. */
export function refuseUrl(text: string, rules: UrlRules): UrlRefusal | undefined {
  const refused = (detail: string): UrlRefusal => ({ failure: 'refused_url', detail });
  if (text.length > MAX_URL_CHARS) return refused(`The URL is longer than ${MAX_URL_CHARS} characters.`);
  const url = URL.parse(text);
  if (!url) return refused('That is not an absolute URL.');
  const schemes = rules.httpsOnly ? ['https:'] : ['https:', 'http:'];
  if (!schemes.includes(url.protocol)) return refused(`The URL must begin with ${schemes.join('// or ')}//.`);
  if (url.username !== '' || url.password !== '') return refused('The URL must carry no user name and no password.');
  if (rules.allowPrivate || !isPrivateHost(url.hostname)) return undefined;
  return { failure: 'refused_address', detail: 'The URL leads to an address that is not public.' };
}

/** URL parsing has already brought every form of an IPv4 address (0x7f.1, 2130706433, 0177.0.0.1) to four decimal parts. */
function isPrivateHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0) return !isPublicAddress(bare);
  return /^(.*\.)?localhost\.?$/.test(hostname);
}

/**
 * Checks a URL that a caller wants us to call later: what it resolves to is checked when it is called. Throws
 * `url_not_allowed` for another scheme than https (http too where private addresses are allowed), for credentials, and for
 * what is known not to be public without asking DNS.
 */
export function checkUrlForm(url: string, options: { allowPrivate: boolean }): void {
  const refusal = refuseUrl(url, { allowPrivate: options.allowPrivate, httpsOnly: !options.allowPrivate });
  if (refusal) throw new DomainError('url_not_allowed', refusal.detail);
}
