/** Addresses under which an invoice is read without a key. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { endInvoiceLinks, INVOICE_TOKEN_PATTERN, makeInvoiceLink, readLinkedInvoice } from '../../../domain/invoices/index.ts';
import { encodeInvoice } from '../encode/invoice/json.ts';
import { encodePdf } from '../encode/invoice/pdf.ts';
import { encodeUbl } from '../encode/invoice/ubl.ts';
import { originOf } from '../public-url.ts';
import { addRoute, bearerOf, encodingOf, identify, type RestOptions } from '../route.ts';
import { Deleted, Id, ProblemSchema, Strict } from '../schemas/common.ts';
import { Bytes, InvoiceLinkOut, InvoiceOut, PDF, UBL } from '../schemas/invoice.ts';
import { EmptyIn } from '../schemas/reservation.ts';

const tag = 'Invoices';
const params = Strict({ id: Id('invoice') });
const FORMATS = ['pdf', 'json', 'ubl'] as const;
/** The address is a secret: it is neither kept on the way, nor found by search engines, nor told to where a document leads. */
const HEADERS = { 'cache-control': 'private, max-age=300', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer' };

export function addInvoiceLinkRoutes(app: FastifyInstance, options: RestOptions, { publicUrl }: { publicUrl: string | undefined }): void {
  addRoute(app, options, {
    method: 'POST', url: '/v1/invoices/:id/links', operationId: 'createInvoiceLink', tag, params, body: EmptyIn, reply: InvoiceLinkOut, creates: true,
    summary: 'Make an address under which an invoice is read without a key', description: 'An invoice has 10 at most; another ends the oldest.',
    handle: async (ctx, { params: { id }, request, encoding }) => {
      const { invoiceId, token, createdAt } = await makeInvoiceLink(ctx, id);
      return { object: 'invoice_link', invoice: invoiceId, created: encoding.time(createdAt), secret_url: `${originOf(publicUrl, request)}/invoices/${token}` };
    },
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/invoices/:id/links', operationId: 'deleteInvoiceLinks', tag, summary: 'End all addresses of an invoice', params, reply: Deleted,
    handle: async (ctx, { params: { id } }) => {
      await endInvoiceLinks(ctx, id);
      return { id, object: 'invoice_link', deleted: true };
    },
  });
  addReadRoute(app, options);
}

/** The address is the secret, so it is asked for without a key. Logs and metrics have the route's pattern, never its address. */
function addReadRoute(app: FastifyInstance, options: RestOptions): void {
  const reply = { description: 'the invoice', content: { [PDF]: { schema: Bytes }, 'application/json': { schema: InvoiceOut }, [UBL]: { schema: Type.String() } } };
  app.route({
    method: 'GET', url: '/invoices/:token',
    schema: {
      operationId: 'getLinkedInvoice', tags: [tag], summary: 'An invoice, by a secret address', security: [{}],
      params: Strict({ token: Type.String({ pattern: `^${INVOICE_TOKEN_PATTERN}$`, description: 'the secret' }) }),
      querystring: Strict({ format: Type.Optional(Type.Enum([...FORMATS], { default: 'pdf' })) }), response: { 200: reply, '4xx': ProblemSchema },
    },
    onRequest: (request, answer) => options.limiter.take(request, answer),
    handler: async (request, answer) => {
      const secret = bearerOf(request);
      if (secret !== undefined) await identify(options, request, options.runtime.database, secret); // one that is wrong is refused, as everywhere
      const { format = 'pdf' } = request.query as { format?: (typeof FORMATS)[number] };
      const invoice = await readLinkedInvoice(options.runtime, (request.params as { token: string }).token);
      void answer.headers(HEADERS);
      if (format === 'json') return answer.type('application/json; charset=utf-8').serializer(String).send(JSON.stringify(encodeInvoice(invoice, encodingOf(request))));
      const [type, ending, bytes] = format === 'ubl' ? [UBL, 'xml', Buffer.from(encodeUbl(invoice))] : [PDF, 'pdf', await encodePdf(invoice)];
      return answer.type(type).header('content-disposition', `inline; filename="${invoice.number.replaceAll('/', '-')}.${ending}"`).send(bytes);
    },
  });
}
