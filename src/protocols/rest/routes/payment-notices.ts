/** Where payment providers send their notices (webhooks): the raw body, since that is what they sign. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { NoticeRefused, takeNotice, type Providers } from '../../../domain/payments/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';
import type { RestOptions } from '../route.ts';
import { Strict } from '../schemas/common.ts';

export function addNoticeRoute(app: FastifyInstance, options: RestOptions, providers: Providers): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.post('/v1/payment_providers/:provider/notices', {
      schema: { hide: true, params: Strict({ provider: Type.String({ pattern: '^[a-z0-9_]{1,40}$' }) }) }, // for providers, who have a form of their own
      onRequest: (request, reply) => options.limiter.take(request, reply),
      handler: async (request) => {
        const { provider } = request.params as { provider: string };
        const body = typeof request.body === 'string' ? request.body : '';
        const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
        try {
          await takeNotice(options.runtime, providers, provider, headers, body);
        } catch (error) {
          if (error instanceof NoticeRefused) throw new DomainError('unauthenticated', `That notice was not taken: ${error.message}`);
          throw error;
        }
        return { received: true };
      },
    });
    done();
  });
}
