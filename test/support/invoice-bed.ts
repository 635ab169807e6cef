/** For tests of invoices: sellers with a legal profile, and bills as they are charged. */
import { issueInvoice, setLegalProfile, type InvoiceInput, type LegalProfileInput } from '../../src/domain/invoices/index.ts';
import type { Context } from '../../src/domain/organisations/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import type { Party, World } from './world.ts';

let keys = 0;

export const INDIA: LegalProfileInput = {
  legalName: 'Hakki Charge Private Limited', address: { line: '12 Residency Road', city: 'Bengaluru', postalCode: '560025', state: 'Karnataka', country: 'IN' },
  gstins: ['29AAGCB7383J1Z4'], invoicePrefix: 'HC', creditNotePrefix: 'HCC', smallPrint: 'Computer generated.',
};
export const GERMANY: LegalProfileInput = {
  legalName: 'Hafenstrom GmbH', address: { line: 'Hafenplatz 1', city: 'Berlin', postalCode: '10963', country: 'DE' }, vatId: 'DE143454214', registrationNumber: 'HRB 12345 B',
  timeZone: 'Europe/Berlin',
};

/** An operator whose profile is set, or without one. */
export async function openSeller(w: World, profile?: LegalProfileInput): Promise<Party> {
  const seller = await w.addOrganisation({ roles: ['operator'] });
  if (profile) await setProfile(w, seller, profile);
  return seller;
}

export function setProfile(w: World, { organisation }: Party, profile: LegalProfileInput): Promise<unknown> {
  return w.asSystem((ctx) => setLegalProfile(asOperator(ctx, organisation.id), profile));
}

function asOperator(ctx: Context, organisationId: string): Context {
  return ctx.as({ actor: { kind: 'key', keyId: 'key_test', organisationId, roles: ['operator'], scopes: ['invoices:write'] } });
}

/** 5.2 kWh at 16 and a fee of 10, at 18 %, under a key of its own. */
export function billOf(sellerId: string, more: Partial<InvoiceInput> = {}): InvoiceInput {
  keys += 1;
  return {
    sellerId, buyer: {}, about: { object: 'session', objectId: `ses_${keys}` }, currency: 'INR', suppliedAt: 1_800_000_000_000, suppliedUntil: 1_800_001_800_000,
    lines: [
      { kind: 'energy', quantity: '5.2', unit: 'kWh', unitPrice: '16', taxPercent: '18', exclTaxMinor: 8_320n, taxMinor: 1_498n },
      { kind: 'service_fee', quantity: '1', unit: 'once', unitPrice: '10', taxPercent: '18', exclTaxMinor: 1_000n, taxMinor: 180n },
    ],
    exclTaxMinor: 9_320n, taxMinor: 1_678n, totalMinor: 10_998n, idempotencyKey: `bill ${keys}`, ...more,
  };
}

export function issue(w: World, sellerId: string, more: Partial<InvoiceInput> = {}): ReturnType<typeof issueInvoice> {
  return w.asSystem((ctx) => issueInvoice(ctx, billOf(sellerId, more)));
}

/** How many rows there are of all that is issued. */
export async function issuedRows({ db }: World): Promise<Record<string, number>> {
  const [row] = await db.database.query<Record<string, number>>(sql`
    SELECT (SELECT count(*) FROM invoices)::int AS invoices, (SELECT coalesce(sum(last_number), 0) FROM invoice_series)::int AS numbers,
      (SELECT count(*) FROM invoice_keys)::int AS keys, (SELECT count(*) FROM legal_profiles)::int AS profiles`);
  return row!;
}
