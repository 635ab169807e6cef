import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../platform/errors/index.ts';

export interface Page {
  limit: number;
  after?: string;
  before?: string;
}

const DEFAULT_LIMIT = 10;

/** The page that a query asks for, one item longer than is shown, so that it is known whether there is more. */
export function toPage({ limit = DEFAULT_LIMIT, after, before }: Partial<Page>): Page {
  if (after !== undefined && before !== undefined) {
    throw new DomainError('invalid_request', 'Ask for what comes after or before, not both.', { errors: [{ pointer: '?before', message: 'goes without after' }] });
  }
  return { limit: limit + 1, ...(after === undefined ? {} : { after }), ...(before === undefined ? {} : { before }) };
}

/** A list answer from items that were read with `toPage`. */
export function toList<T extends { id: string }, R>(request: FastifyRequest, page: Page, items: readonly T[], encode: (item: T) => R) {
  const shown = page.limit - 1;
  const hasMore = items.length > shown;
  const kept = page.before === undefined ? items.slice(0, shown) : items.slice(-shown);
  const [path] = request.url.split('?', 1);
  return { object: 'list' as const, url: path!, has_more: hasMore, next_page_url: hasMore ? nextPage(request, page, kept) : null, data: kept.map(encode) };
}

function nextPage(request: FastifyRequest, page: Page, kept: readonly { id: string }[]): string {
  const url = new URL(request.url, 'http://localhost');
  if (page.before === undefined) url.searchParams.set('after', kept.at(-1)!.id);
  else url.searchParams.set('before', kept[0]!.id);
  return `${url.pathname}${url.search}`;
}
