import { REFUSED_ADDRESS } from './lookup.ts';

/**
 * Why a call has no answer to judge:
 * - `refused_url`: the scheme, or credentials in the URL;
 * - `refused_address`: it leads to an address that is not public;
 * - `dns`: the name has no address;
 * - `connect`: no connection, or one that broke;
 * - `tls`: the certificate or the handshake;
 * - `timeout`: not done in time, whatever it was at;
 * - `protocol`: what came back is not HTTP;
 * - `redirect`: it answered 3xx, which is not followed;
 * - `too_large`: the answer's body is larger than allowed.
 */
export type OutboundFailure = 'refused_url' | 'refused_address' | 'dns' | 'connect' | 'tls' | 'timeout' | 'protocol' | 'redirect' | 'too_large';

const DETAILS: Record<Exclude<OutboundFailure, 'refused_url' | 'redirect' | 'too_large'>, string> = {
  refused_address: 'The name resolves to an address that is not public.',
  dns: 'The name does not resolve.',
  connect: 'The connection could not be made, or broke.',
  tls: 'No secure connection could be made.',
  timeout: 'There was no complete answer in time.',
  protocol: 'What came back is not HTTP.',
};

const BY_CODE: [RegExp, keyof typeof DETAILS][] = [
  [new RegExp(`^${REFUSED_ADDRESS}$`), 'refused_address'],
  [/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL)/, 'dns'],
  [/^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT|ESOCKETTIMEDOUT)$/, 'timeout'],
  [/^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/, 'tls'],
  [/^(UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_|UND_ERR_INVALID_ARG)/, 'protocol'],
];

/** What kind of failure an error of the HTTP client is. Details name no address: what our DNS says of a name is not a caller's to learn. */
export function classifyError(error: unknown): { failure: OutboundFailure; detail: string } {
  const failure = kindOf(error);
  const code = codeOf(error);
  const isOurs = code === undefined || code === REFUSED_ADDRESS || code.startsWith('UND_ERR');
  return { failure, detail: isOurs ? DETAILS[failure] : `${DETAILS[failure]} (${code})` };
}

function kindOf(error: unknown): keyof typeof DETAILS {
  const { name } = error as { name?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout';
  if (name === 'HTTPParserError') return 'protocol';
  const code = codeOf(error) ?? '';
  return BY_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? 'connect';
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
