import type { SendOutcome } from '../domain/notices/index.ts';
import type { OutboundResult } from '../platform/outbound/index.ts';

/** Answers after which another try may be better; what lies under 500 otherwise is refused for good. */
const PASSING = [408, 425, 429];
const FOR_GOOD = ['refused_url', 'refused_address', 'redirect'];

/** What an answer to a message means. Nothing of its body is told: it may have the text. */
export function outcomeOf(result: OutboundResult, goneAt: readonly number[] = []): SendOutcome {
  const { status } = result;
  if (status !== undefined && status >= 200 && status < 300) return { sent: true };
  if ('failure' in result) return { failure: result.failure, isFinal: FOR_GOOD.includes(result.failure) };
  return { failure: `http_${status}`, isFinal: status! < 500 && !PASSING.includes(status!), isGone: goneAt.includes(status!) };
}
