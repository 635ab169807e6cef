/** What a station is told of a token. */
import type { StartAnswer } from '../../domain/sessions/index.ts';

type Judged = NonNullable<StartAnswer['token']>;

const STATUS: Record<Judged['status'], string> = { accepted: 'Accepted', blocked: 'Blocked', invalid: 'Invalid', concurrent_tx: 'ConcurrentTx' };

export function tokenInfo16({ status, groupUid }: Judged): object {
  return { status: STATUS[status], ...(groupUid === null ? {} : { parentIdTag: groupUid }) };
}

export function tokenInfo2({ status, groupUid }: Judged): object {
  return { status: STATUS[status], ...(groupUid === null ? {} : { groupIdToken: { idToken: groupUid, type: 'Central' } }) };
}
