import { DomainError } from '../../platform/errors/index.ts';

/** Most keys in the metadata of one object. */
export const MOST_METADATA = 50;

/** Metadata after a change: what is sent is merged into what is there, and an empty value removes its key. Throws `invalid_request` for too many keys. */
export function mergeMetadata(before: Record<string, string>, change: Record<string, string> = {}): Record<string, string> {
  const merged = Object.entries({ ...before, ...change }).filter(([, value]) => value !== '');
  if (merged.length <= MOST_METADATA) return Object.fromEntries(merged);
  const message = `would have ${merged.length} keys, of ${MOST_METADATA} at most`;
  throw new DomainError('invalid_request', 'That is too much metadata.', { errors: [{ pointer: '/metadata', message }] });
}
