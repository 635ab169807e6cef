/** What a body may be before anybody looks at what it says: JSON, in UTF-8, without prototypes. An empty body is none. */
import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../../platform/errors/index.ts';

/** Other types are refused, among them text/plain, which Fastify would read by itself. */
export function useJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(new DomainError('invalid_request', 'The body is not UTF-8.'), undefined);
    return void parse(request, body.toString('utf8'), done);
  });
}
