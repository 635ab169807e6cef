/** The OpenAPI 3.1 document, made from the schemas of the routes, the page that shows it, and the page of errors that problems point to. */
import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { ERRORS, type ErrorCode } from '../../platform/errors/index.ts';
import { STATUS } from './problem.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };

const DESCRIPTION = `Book the plug before you drive.

Send an API key as \`Authorization: Bearer pt_sk_…\`. Stations, slots and search are open without one.
Every POST takes an \`Idempotency-Key\`. Times are RFC 3339, or UNIX seconds; send \`Plugtime-Time-Format: unix\` to be answered in the latter.
Amounts are whole minor units (paise, cents). Errors are RFC 9457 problems with a \`code\` (see [the list](/docs/errors)).`;

export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plugtime', version, description: DESCRIPTION, license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' } },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'an API key' } } },
      tags: [
        { name: 'Search' }, { name: 'Slots' }, { name: 'Reservations' }, { name: 'Locations' }, { name: 'Policies' }, { name: 'Calendar' },
        { name: 'Drivers' }, { name: 'Sessions' },
        { name: 'Sandbox' }, { name: 'Events' }, { name: 'Webhooks' }, { name: 'Organisation' },
      ],
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true }, theme: { title: 'Plugtime API' } });
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/docs/errors', { schema: { hide: true } }, (_request, reply) => reply.type('text/html; charset=utf-8').send(errorsPage()));
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
}

function errorsPage(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => `<tr id="${code}"><td><code>${code}</code></td><td>${STATUS[code]}</td><td>${ERRORS[code].title}</td></tr>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plugtime: errors</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8886;vertical-align:top}tr:target{background:#fc06}</style></head>
<body><h1>Errors</h1><p>Every error is a problem document (RFC 9457); its <code>code</code> is one of these.</p>
<table><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></body></html>`;
}
