/** Invoices, receipts and credit notes, and the legal profile that they are issued under. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { creditInvoice, getInvoice, getLegalProfile, INVOICE_KINDS, listInvoices, setLegalProfile, type Invoice } from '../../../domain/invoices/index.ts';
import { encodeInvoice, encodeLegalProfile } from '../encode/invoice/json.ts';
import { encodePdf } from '../encode/invoice/pdf.ts';
import { encodeUbl } from '../encode/invoice/ubl.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, List, pageOf, Strict } from '../schemas/common.ts';
import { Bytes, CreditNoteIn, InvoiceOut, LegalProfileIn, LegalProfileOut, PDF, UBL } from '../schemas/invoice.ts';

const tag = 'Invoices';
/** To be opened in a browser or kept, and by nobody on the way. */
const headersOf = (ending: string): Record<string, string> => ({
  'content-disposition': `inline; filename="invoice.${ending}"`, 'cache-control': 'private, max-age=300',
});
const params = Strict({ id: Id('invoice') });

export function addInvoiceRoutes(app: FastifyInstance, options: RestOptions): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/invoices', operationId: 'listInvoices', tag, summary: 'List invoices, receipts and credit notes', reply: List(InvoiceOut),
    query: Strict({
      ...pageOf('invoice'), driver: Type.Optional(Id('driver')),
      about: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'the id of a session or a reservation' })),
      kind: Type.Optional(Type.Enum([...INVOICE_KINDS])), credits: Type.Optional(Id('invoice', 'those that take back this one')),
    }),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      const filter = { driverId: query.driver, objectId: query.about, kind: query.kind, creditedId: query.credits };
      return toList(request, page, await listInvoices(ctx, filter, page), (invoice) => encodeInvoice(invoice, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/invoices/:id', operationId: 'getInvoice', tag, summary: 'Read an invoice', params, reply: InvoiceOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeInvoice(await getInvoice(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/invoices/:id/invoice.pdf', operationId: 'getInvoicePdf', tag, summary: 'An invoice on paper', params, reply: Bytes,
    bytes: { types: [PDF], headers: headersOf('pdf'), make: async (invoice) => ({ type: PDF, bytes: await encodePdf(invoice as Invoice) }) },
    handle: async (ctx, { params: { id } }) => getInvoice(ctx, id),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/invoices/:id/invoice.xml', operationId: 'getInvoiceUbl', tag, params, reply: Type.String(), text: { type: UBL, headers: headersOf('xml') },
    summary: 'An invoice as UBL 2.1 that conforms to EN 16931', description: 'Receipts have no such form: they claim no tax.',
    handle: async (ctx, { params: { id } }) => encodeUbl(await getInvoice(ctx, id)),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/invoices/:id/credit_notes', operationId: 'createCreditNote', tag, params, body: CreditNoteIn, reply: InvoiceOut, creates: true,
    summary: 'Take back an invoice, in whole or in part', description: 'What has gone back to the buyer is a refund; this tells of it. Together never more than the invoice.',
    handle: async (ctx, { params: { id }, body, encoding }) => encodeInvoice(await creditInvoice(ctx, id, {
      reason: body.reason, lines: body.lines?.map(({ line, amount }) => ({ number: line, amountMinor: BigInt(amount) }))
    }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/organisation/legal_profile', operationId: 'getLegalProfile', tag, summary: 'What stands at the head of your invoices', reply: LegalProfileOut,
    handle: async (ctx, { encoding }) => encodeLegalProfile(await getLegalProfile(ctx), encoding),
  });
  addRoute(app, options, {
    method: 'PUT', url: '/v1/organisation/legal_profile', operationId: 'setLegalProfile', tag, summary: 'Set what stands at the head of your invoices', body: LegalProfileIn,
    description: 'Invoices from then on have it; those that were issued keep what they have. With a GSTIN or a VAT id you issue invoices, without one receipts.',
    reply: LegalProfileOut,
    handle: async (ctx, { body, encoding }) => encodeLegalProfile(await setLegalProfile(ctx, {
      legalName: body.legal_name, address: {
        line: body.address.line, city: body.address.city, country: body.address.country,
        ...(body.address.postal_code === undefined ? {} : { postalCode: body.address.postal_code }), ...(body.address.state === undefined ? {} : { state: body.address.state }),
      },
      ...given({
        gstins: body.gstins, vatId: body.vat_id, registrationNumber: body.registration_number, sacCode: body.sac_code, invoicePrefix: body.invoice_prefix,
        creditNotePrefix: body.credit_note_prefix, timeZone: body.time_zone, smallPrint: body.small_print,
      }),
    }), encoding),
  });
}

/** Without what was not sent. */
function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
