/** The OpenAPI 3.1 document, made from the schemas of the routes, the page that shows it, and the page of errors that problems point to. */
import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { ERRORS, type ErrorCode } from '../../platform/errors/index.ts';
import { finishDocument } from './openapi.ts';
import { STATUS } from './problem.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };

const DESCRIPTION = `Book the plug before you drive.

Send an API key as \`Authorization: Bearer pt_sk_…\`. Stations, slots and search are open without one.
Every POST takes an \`Idempotency-Key\`. Times are RFC 3339, or UNIX seconds; send \`Plugtime-Time-Format: unix\` to be answered in the latter.
Amounts are whole minor units (paise, cents). Errors are RFC 9457 problems with a \`code\` (see [the list](/docs/errors)).`;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 132 32" role="img" aria-label="Plugtime"><path
d="M8 6v6m8-6v6M5 12h14v4a7 7 0 0 1-14 0zm7 11v5" fill="none" stroke="#7bd88f" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/><text
x="28" y="22" font-family="system-ui,sans-serif" font-size="20" font-weight="600" fill="#fff">Plugtime</text></svg>`;

export async function addDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    transformObject: (document) => finishDocument('openapiObject' in document ? document.openapiObject : document.swaggerObject),
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Plugtime', version, description: DESCRIPTION, license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' } },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'an API key' } } },
      tags: [
        { name: 'Search' }, { name: 'Slots' }, { name: 'Reservations' }, { name: 'Series' }, { name: 'Waitlist' }, { name: 'Locations' }, { name: 'Stations' },
        { name: 'Policies' }, { name: 'Prices' }, { name: 'Calendar' }, { name: 'Drivers' }, { name: 'Notices' }, { name: 'Programmes' }, { name: 'Other networks' },
          { name: 'Wallets' }, { name: 'Payments' },
        { name: 'Invoices' }, { name: 'Sessions' }, { name: 'Ratings' }, { name: 'Support' }, { name: 'Guests' }, { name: 'Sandbox' },
        { name: 'Events' }, { name: 'Webhooks' }, { name: 'Organisation' },
      ],
    },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true }, logo: { type: 'image/svg+xml', content: LOGO, href: '/docs' },
    theme: { title: 'Plugtime API', css: [{ filename: 'plugtime.css', content: '.swagger-ui .topbar .download-url-wrapper { display: none !important }' }] },
  });
  app.get('/v1/openapi.json', { schema: { hide: true } }, () => app.swagger());
  app.get('/docs/errors', { schema: { hide: true } }, (_request, reply) => reply.type('text/html; charset=utf-8').send(errorsPage()));
  app.get('/', { schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
}

function errorsPage(): string {
  const items = (Object.keys(ERRORS) as ErrorCode[]).map((code) =>
    `<div id="${code}"><dt><code>${code}</code> <span>${STATUS[code]}</span></dt><dd>${ERRORS[code].title}</dd></div>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plugtime: errors</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:2rem auto;max-width:42rem;padding:0 1rem}dl>div{padding:.6rem .4rem;border-bottom:1px solid #8886}
dt{font-weight:600;overflow-wrap:anywhere}dt span{font-weight:400;opacity:.75}dd{margin:0}div:target{background:#fc05}</style></head>
<body><main><h1>Errors</h1><p>Every error is a problem document (RFC 9457); its <code>code</code> is one of these, with the HTTP status beside it.</p>
<dl>${items.join('\n')}</dl></main></body></html>`;
}
