/** Invoices, receipts and credit notes, over HTTP where there are calls, and on both databases. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCreditNote, issueInvoice } from '../../src/domain/invoices/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { testDatabases } from '../support/databases.ts';
import { billOf, GERMANY, INDIA, issue, issuedRows, openSeller, setProfile } from '../support/invoice-bed.ts';
import { iso, must, openWorld, outcome, type Party, type World } from '../support/world.ts';

describe.each(testDatabases())('invoices ($kind)', ({ open }) => {
  let w: World;
  beforeAll(async () => {
    w = await openWorld(open);
  });
  afterAll(() => w.close());

  const read = async ({ api }: Party, id: string) => must(await api.get(`/v1/invoices/${id}`));
  const PROFILE = '/v1/organisation/legal_profile';
  const body = {
    legal_name: 'Hakki Charge Private Limited', address: { line: '12 Residency Road', city: 'Bengaluru', postal_code: '560025', state: 'KA', country: 'in' },
    gstins: ['29aagcb7383j1z4'], invoice_prefix: 'hc', small_print: 'Computer generated.',
  };

  it('INV-1: has a legal profile, versioned, which what was issued keeps', async () => {
    const seller = await openSeller(w);
    expect(outcome(await seller.api.get(PROFILE))).toBe('not_found');
    const first = must(await seller.api.send('PUT', PROFILE, body));
    expect(first).toMatchObject({
      version: 1, gstins: ['29AAGCB7383J1Z4'], invoice_prefix: 'HC', credit_note_prefix: 'CN', sac_code: '998714', time_zone: 'Asia/Kolkata', vat_id: null,
      address: { state: '29', country: 'IN', postal_code: '560025' },
    });
    expect(must(await seller.api.send('PUT', PROFILE, body))).toEqual(first);
    const invoice = await issue(w, seller.organisation.id);
    expect(must(await seller.api.send('PUT', PROFILE, { ...body, legal_name: 'Hakki Charge Ltd' })).version).toBe(2);
    expect(must(await seller.api.get(PROFILE))).toMatchObject({ version: 2, legal_name: 'Hakki Charge Ltd' });
    expect((await read(seller, invoice.id)).seller).toMatchObject({ name: 'Hakki Charge Private Limited', small_print: 'Computer generated.', sac_code: '998714' });
    expect((await issue(w, seller.organisation.id)).seller.name).toBe('Hakki Charge Ltd');
  });

  it.each([
    ['a GSTIN with a wrong check digit', { gstins: ['29AAGCB7383J1Z5'] }, '/gstins/0'], ['two GSTINs of a state', { gstins: ['29AAGCB7383J1Z4', '29AAGCB7383J1Z4'] }, '/gstins/1'],
    ['no state of India', { address: { ...body.address, state: 'Bavaria' } }, '/address/state'], ['a VAT id in India', { vat_id: 'DE143454214' }, '/vat_id'],
    ['a GSTIN elsewhere', { address: { ...body.address, country: 'DE' } }, '/gstins/0'], ['a prefix that is too long', { invoice_prefix: 'HAKKI' }, '/invoice_prefix'],
    ['a prefix with other characters', { invoice_prefix: 'H_C' }, '/invoice_prefix'], ['the prefix of receipts', { invoice_prefix: 'RCPT' }, '/invoice_prefix'],
    ['one prefix for both', { invoice_prefix: 'A', credit_note_prefix: 'a' }, '/credit_note_prefix'],
    ['no country', { address: { ...body.address, country: 'XX' } }, '/address/country'],
    ['no time zone', { gstins: [], address: { ...body.address, country: 'DE' }, time_zone: 'Mars/Base' }, '/time_zone'],
    ['a wrong VAT id', { gstins: [], address: { ...body.address, country: 'DE' }, vat_id: 'DE143454215' }, '/vat_id'], ['no SAC', { sac_code: '99-87' }, '/sac_code'],
  ])('INV-1 INV-7 INV-8: refuses a profile with %s, and leaves nothing of it', async (_what, change, pointer) => {
    const before = await issuedRows(w);
    const answer = await w.operator.api.send('PUT', PROFILE, { ...body, ...change });
    expect([answer.status, answer.body.code, answer.body.errors?.[0]?.pointer]).toEqual([400, 'invalid_request', pointer]);
    expect(await issuedRows(w)).toEqual(before);
  });

  it('INV-2: without a tax id it gives receipts, which claim no tax', async () => {
    const seller = await openSeller(w);
    const receipt = await read(seller, (await issue(w, seller.organisation.id)).id);
    const { year } = Temporal.Instant.fromEpochMilliseconds(await w.now()).toZonedDateTimeISO('UTC');
    expect(receipt).toMatchObject({
      kind: 'receipt', number: `RCPT${year}-1`, excl_tax: null, tax: null, taxes: [], total: 10_998, amount_due: 10_998, seller: { name: 'A party', address: null },
    });
    expect(receipt.lines[0]).toMatchObject({ line: 1, amount: 9_818, tax: null, tax_percent: null });
    const { gstins: _gstins, ...unregistered } = INDIA;
    await setProfile(w, seller, unregistered);
    expect(await issue(w, seller.organisation.id)).toMatchObject({ kind: 'receipt', number: `RCPT${year}-2`, seller: { name: INDIA.legalName }, taxes: [] });
    expect(must(await seller.api.post(`/v1/invoices/${receipt.id}/credit_notes`, { reason: 'goodwill', lines: [{ line: 1, amount: 100 }] }))).toMatchObject({
      number: `RCRF${year}-1`, total: 100, excl_tax: null, taxes: [],
    });
    expect(await w.asSystem((ctx) => issueCreditNote(ctx, receipt.id as string, { reason: 'broken', idempotencyKey: `receipt ${receipt.id}` }))).toMatchObject({
      kind: 'credit_note', number: `RCRF${year}-2`, totalMinor: 10_898n, taxes: [],
    });
  });

  it('INV-3: begins anew with each financial year in India, and each calendar year elsewhere, where the seller is', async () => {
    const [indian, german] = [await openSeller(w, INDIA), await openSeller(w, GERMANY)];
    const at = (instant: string, seller: Party) => w.asSystem(async (ctx) => {
      const { number } = await issueInvoice(ctx.as({ now: Date.parse(instant) }), billOf(seller.organisation.id, { currency: 'EUR' }));
      return number;
    });
    expect(await at('2027-03-31T18:29:59Z', indian)).toBe('HC2627-1');
    expect(await at('2027-03-31T18:30:00Z', indian)).toBe('HC2728-1');
    expect(await at('2028-01-01T00:00:00Z', indian)).toBe('HC2728-2');
    expect(await at('2099-12-31T00:00:00Z', indian)).toBe('HC9900-1');
    expect(await at('2027-12-31T22:59:59Z', german)).toBe('INV2027-1');
    expect(await at('2027-12-31T23:00:00Z', german)).toBe('INV2028-1');
    const earlier = await w.asSystem((ctx) => issueInvoice(ctx.as({ now: Date.parse('2027-11-01T00:00:00Z') }), billOf(german.organisation.id)));
    expect([earlier.number, iso(earlier.issuedAt)]).toEqual(['INV2027-2', '2027-12-31T22:59:59.000Z']);
  });

  it('INV-3: takes no number for what is rolled back, also where its caller goes on', async () => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    const first = await issue(w, id);
    const before = await issuedRows(w);
    await expect(w.asSystem(async (ctx) => {
      await issueInvoice(ctx, billOf(id));
      throw new Error('the charger is on fire');
    })).rejects.toThrow('fire');
    const next = await w.asSystem(async (ctx) => {
      await ctx.tx.savepoint(async () => {
        await issueInvoice(ctx, billOf(id));
        throw new Error('not this one');
      }).catch(() => undefined);
      return issueInvoice(ctx, billOf(id));
    });
    expect(numbersOf([first, next])).toEqual([1, 2]);
    expect(await issuedRows(w)).toEqual({ ...before, invoices: before.invoices! + 1, numbers: before.numbers! + 1, keys: before.keys! + 1 });
  });

  it('INV-3: refuses what no series can number, and what its database is told otherwise', async () => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    const { number } = await issue(w, id);
    const stem = number.slice(0, -1);
    const run = (statement: ReturnType<typeof sql>) => w.db.database.query(statement);
    await expect(run(sql`UPDATE invoice_series SET last_number = last_number + 2 WHERE organisation_id = ${id}`)).rejects.toThrow(/does not go on/);
    await expect(run(sql`UPDATE invoice_series SET last_number = last_number + 1 WHERE organisation_id = ${id}`)).rejects.toThrow(/nothing bears the number/);
    await expect(run(sql`DELETE FROM invoice_series WHERE organisation_id = ${id}`)).rejects.toThrow(/stays as it is/);
    await expect(run(sql`
      INSERT INTO invoices SELECT 'inv_x', network_id, kind, seller_id, entity, stem, 7, stem || '7', provider_id, driver_id, object, object_id, credited_id,
        'x', content, issued_at
      FROM invoices WHERE seller_id = ${id}`)).rejects.toThrow(/no series has given/);
    await w.db.database.script(`ALTER TABLE invoice_series DISABLE TRIGGER USER;
      UPDATE invoice_series SET last_number = 999999999 WHERE organisation_id = '${id}'; ALTER TABLE invoice_series ENABLE TRIGGER USER`);
    expect(`${stem}999999999`).toHaveLength(16);
    await expect(issue(w, id)).rejects.toMatchObject({ code: 'invalid_state' });
  });

  it('INV-4: the same again under its idempotency key is the first, also at the same time; something else is refused', async () => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    const bill = billOf(id);
    const issued = await Promise.all(Array.from({ length: 6 }, () => w.asSystem((ctx) => issueInvoice(ctx, bill))));
    expect(new Set(issued.map((invoice) => invoice.id)).size).toBe(1);
    expect(numbersOf([await issue(w, id)])).toEqual([2]);
    await expect(issue(w, id, { ...bill, about: { object: 'session', objectId: 'ses_other' } })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    const note = { reason: 'broken', idempotencyKey: `note ${id}` };
    const notes = await Promise.all(Array.from({ length: 4 }, () => w.asSystem((ctx) => issueCreditNote(ctx, issued[0]!.id, note))));
    expect(new Set(notes.map(({ number }) => number)).size).toBe(1);
    const another = { ...note, idempotencyKey: bill.idempotencyKey };
    await expect(w.asSystem((ctx) => issueCreditNote(ctx, issued[0]!.id, another))).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await expect(issue(w, id, { idempotencyKey: note.idempotencyKey })).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('INV-6: GST is central and of the state, or integrated, by the place of supply and the registration that is there', async () => {
    const seller = await openSeller(w, { ...INDIA, gstins: ['29AAGCB7383J1Z4', '27AAPFU0939F1ZV'] });
    const taxOf = async (placeOfSupply?: string) => {
      const { seller: { gstin }, place_of_supply: place, taxes, number } = await read(seller, (await issue(w, seller.organisation.id, { placeOfSupply })).id);
      expect(number).toMatch(/^HC\d{4}-/);
      const components = taxes[0].components as { name: string; percent: string; tax: number }[];
      return [gstin.slice(0, 2), place, components.map(({ name, percent, tax }) => `${name} ${percent} ${tax}`).join(', ')];
    };
    expect(await taxOf()).toEqual(['29', '29', 'cgst 9 839, sgst 9 839']);
    expect(await taxOf('Karnataka')).toEqual(['29', '29', 'cgst 9 839, sgst 9 839']);
    expect(await taxOf('IN-MH')).toEqual(['27', '27', 'cgst 9 839, sgst 9 839']);
    expect(await taxOf('33')).toEqual(['29', '33', 'igst 18 1678']);
    await expect(issue(w, seller.organisation.id, { placeOfSupply: 'Bavaria' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it('INV-5 INV-7: VAT is told by rate, with the tax id of a business; reverse charge when it is said', async () => {
    const seller = await openSeller(w, GERMANY);
    const lines = [
      { kind: 'energy', quantity: '10', unit: 'kWh', unitPrice: '0.49', taxPercent: '19', exclTaxMinor: 490n, taxMinor: 93n },
      { kind: 'offer', name: 'Hello', quantity: '1', unit: 'once', unitPrice: '-0.84', exclTaxMinor: -84n, taxMinor: -16n },
    ];
    const bill = { lines, currency: 'EUR', exclTaxMinor: 406n, taxMinor: 77n, totalMinor: 483n };
    const buyer = { name: 'Flotte AG', taxId: 'fr 40303265045', country: 'FR', address: 'Rue 1, Paris' };
    const paid = { method: 'card', amountMinor: 400n, paidAt: 1_800_001_800_000 };
    const invoice = await read(seller, (await issue(w, seller.organisation.id, { ...bill, buyer, payments: [paid] })).id);
    expect(invoice).toMatchObject({
      kind: 'invoice', place_of_supply: 'DE', reverse_charge: false, buyer: { tax_id: 'FR40303265045' }, total: 483, amount_due: 83,
      taxes: [{ category: 'standard', percent: '19', excl_tax: 406, tax: 77, components: [] }],
    });
    const untaxed = { lines: [{ ...lines[0]!, taxMinor: 0n }], currency: 'EUR', exclTaxMinor: 490n, taxMinor: 0n, totalMinor: 490n, reverseCharge: true };
    expect(await issue(w, seller.organisation.id, { ...untaxed, buyer })).toMatchObject({
      reverseCharge: true, taxes: [{ category: 'reverse_charge', percent: '0', taxMinor: 0n }],
    });
    await expect(issue(w, seller.organisation.id, untaxed)).rejects.toMatchObject({ details: { errors: [{ pointer: '/buyer/taxId' }] } });
  });

  it.each([
    ['an unknown currency', { currency: 'ZZZ' }, '/currency'], ['no lines', { lines: [], exclTaxMinor: 0n, taxMinor: 0n, totalMinor: 0n }, '/lines'],
    ['lines that do not sum', { exclTaxMinor: 9_319n, totalMinor: 10_997n }, '/exclTaxMinor'], ['tax that does not sum', { taxMinor: 1_677n, totalMinor: 10_997n }, '/taxMinor'],
    ['another total', { totalMinor: 11_000n }, '/totalMinor'], ['more paid than due', { payments: [{ method: 'upi', amountMinor: 11_000n, paidAt: 0 }] }, '/payments'],
    ['a payment of nothing', { payments: [{ method: 'upi', amountMinor: 0n, paidAt: 0 }] }, '/payments/0/amountMinor'],
    ["a buyer's wrong GSTIN", { buyer: { taxId: '29AAGCB7383J1Z5' } }, '/buyer/taxId'],
    ['a tax id of elsewhere', { buyer: { taxId: 'DE143454214', country: 'FR' } }, '/buyer/taxId'],
    ['no country', { buyer: { country: 'Germany' } }, '/buyer/country'], ['a name without end', { buyer: { name: 'x'.repeat(201) } }, '/buyer/name'],
    ['an end before its start', { suppliedUntil: 1 }, '/suppliedUntil'],
    ['tax that is not its rate', { lines: [{ ...billOf('').lines[0]!, taxMinor: 1_000n }], exclTaxMinor: 8_320n, taxMinor: 1_000n, totalMinor: 9_320n }, '/lines/0/taxMinor'],
    ['a quantity that is no number', { lines: [{ ...billOf('').lines[0]!, quantity: 'much' }], exclTaxMinor: 8_320n, taxMinor: 1_498n, totalMinor: 9_818n }, '/lines/0/quantity'],
    ['less than nothing', { lines: [{ ...billOf('').lines[0]!, exclTaxMinor: -100n, taxMinor: -18n }], exclTaxMinor: -100n, taxMinor: -18n, totalMinor: -118n }, '/totalMinor'],
  ])('INV-8: refuses %s, and leaves nothing of it', async (_what, change, pointer) => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    const before = await issuedRows(w);
    await expect(issue(w, id, change)).rejects.toMatchObject({ code: 'invalid_request', details: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) } });
    expect(await issuedRows(w)).toEqual(before);
  });

  it('INV-8: knows sellers and drivers of its own network only', async () => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    await expect(issue(w, 'org_01jq8y3k5wf0xr7q1m3zs5c9tb')).rejects.toMatchObject({ code: 'not_found' });
    await expect(issue(w, id, { buyer: { driverId: 'drv_01jq8y3k5wf0xr7q1m3zs5c9tb' } })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('INV-9: is taken back in parts, and never more than it was', async () => {
    const seller = await openSeller(w, INDIA);
    const { id, number } = await issue(w, seller.organisation.id, { placeOfSupply: 'TN' });
    const credit = (sent: object) => seller.api.post(`/v1/invoices/${id}/credit_notes`, { reason: 'The charger failed', ...sent });
    const first = must(await credit({ lines: [{ line: 1, amount: 1_180 }] }));
    expect(first).toMatchObject({
      kind: 'credit_note', number: expect.stringMatching(/^HCC\d{4}-1$/), credits: { id, number, reason: 'The charger failed' },
      excl_tax: 1_000, tax: 180, total: 1_180, amount_due: 0,
      taxes: [{ percent: '18', components: [{ name: 'igst', tax: 180 }] }], lines: [{ line: 1, quantity: '1', unit_price: '10.00' }], place_of_supply: '33',
    });
    expect((await credit({ lines: [{ line: 1, amount: 8_639 }] })).body).toMatchObject({ code: 'amount_out_of_range', left: 8_638 });
    expect(outcome(await credit({ lines: [{ line: 3, amount: 1 }] }))).toBe('invalid_request');
    expect(outcome(await credit({ lines: [{ line: 2, amount: 1 }, { line: 2, amount: 1 }] }))).toBe('invalid_request');
    expect(outcome(await credit({ lines: [{ line: 2, amount: -1 }] }))).toBe('amount_out_of_range');
    const rest = must(await credit({}));
    expect([rest.total, rest.lines.map(({ line }: { line: number }) => line)]).toEqual([10_998 - 1_180, [1, 2]]);
    expect(outcome(await credit({}))).toBe('invalid_state');
    expect(outcome(await seller.api.post(`/v1/invoices/${first.id}/credit_notes`, { reason: 'again' }))).toBe('invalid_state');
    const notes = must(await seller.api.get(`/v1/invoices?credits=${id}`)).data as { id: string }[];
    expect(notes.map((note) => note.id)).toEqual([rest.id, first.id]);
  });

  it('INV-9: a line whose discount stays can not be taken back beyond what was paid for it', async () => {
    const seller = await openSeller(w, INDIA);
    const lines = [
      { kind: 'energy', quantity: '1', unit: 'kWh', unitPrice: '100', taxPercent: '18', exclTaxMinor: 10_000n, taxMinor: 1_800n },
      { kind: 'offer', quantity: '1', unit: 'once', unitPrice: '-20', exclTaxMinor: -2_000n, taxMinor: -360n },
      { kind: 'flat', quantity: '1', unit: 'once', unitPrice: '50', taxPercent: '5', exclTaxMinor: 5_000n, taxMinor: 250n },
    ];
    const { id } = await issue(w, seller.organisation.id, { lines, exclTaxMinor: 13_000n, taxMinor: 1_690n, totalMinor: 14_690n });
    const credit = (parts: object[]) => seller.api.post(`/v1/invoices/${id}/credit_notes`, { reason: 'goodwill', lines: parts });
    expect(outcome(await credit([{ line: 1, amount: 11_800 }]))).toBe('amount_out_of_range');
    expect(must(await credit([{ line: 1, amount: 11_800 }, { line: 2, amount: -2_360 }])).total).toBe(9_440);
    expect(must(await credit([{ line: 3, amount: 5_250 }])).total).toBe(5_250);
  });

  it('INV-9: several at a time take back no more than there is', async () => {
    const seller = await openSeller(w, INDIA);
    const { id } = await issue(w, seller.organisation.id);
    const answers = await Promise.all(Array.from({ length: 6 }, () => seller.api.post(`/v1/invoices/${id}/credit_notes`, { reason: 'x', lines: [{ line: 2, amount: 500 }] })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2);
  });

  it('INV-9: nothing that was issued is changed or removed', async () => {
    const { organisation: { id } } = await openSeller(w, INDIA);
    await issue(w, id);
    for (const statement of [
      sql`UPDATE invoices SET content = '{}'::jsonb WHERE seller_id = ${id}`, sql`DELETE FROM invoices WHERE seller_id = ${id}`, sql`TRUNCATE invoices CASCADE`,
      sql`DELETE FROM invoice_keys`, sql`UPDATE legal_profiles SET version = 9`, sql`DELETE FROM legal_profiles`,
    ]) await expect(w.db.database.query(statement)).rejects.toThrow(/stays as it is/);
  });

  it('INV-10: is seen by its seller, its provider and its driver, filtered and in pages; events tell no more than they need', async () => {
    const seller = await openSeller(w, INDIA);
    const driver = await w.driver();
    const other = await w.driver();
    const buyer = { driverId: driver.id, name: 'Asha Rao', email: 'asha@example.com' };
    const mine = [];
    for (let i = 0; i < 3; i += 1) mine.push(await issue(w, seller.organisation.id, { buyer }));
    const theirs = await issue(w, seller.organisation.id, { buyer: { driverId: other.id } });
    const ids = async (api: Party['api'], query: string) => (must(await api.get(`/v1/invoices?limit=100${query}`)).data as { id: string }[]).map(({ id }) => id);
    const newest = mine.map(({ id }) => id).reverse();
    expect(await ids(driver.api, '')).toEqual(newest);
    expect(await ids(driver.api, `&driver=${other.id}`)).toEqual([]);
    expect(await ids(w.provider.api, `&driver=${driver.id}`)).toEqual(newest);
    expect(await ids(seller.api, `&driver=${driver.id}&kind=invoice`)).toEqual(newest);
    expect(await ids(seller.api, '')).toEqual([theirs.id, ...newest]);
    expect(await ids(seller.api, '&kind=receipt')).toEqual([]);
    expect(await ids(seller.api, `&about=${mine[1]!.about.objectId}`)).toEqual([mine[1]!.id]);
    expect(await ids(w.otherProvider.api, '')).not.toContain(theirs.id);
    expect(await ids(w.operator.api, '')).not.toContain(theirs.id);
    const page = must(await seller.api.get('/v1/invoices?limit=2'));
    expect((must(await seller.api.get(page.next_page_url)).data as { id: string }[]).map(({ id }) => id)).toEqual(newest.slice(1));
    expect(await ids(seller.api, `&before=${newest[2]}`)).toEqual([theirs.id, ...newest.slice(0, 2)]);
    expect((must(await seller.api.get(`/v1/invoices?limit=1&before=${newest[2]}`)).data as { id: string }[]).map(({ id }) => id)).toEqual([newest[1]]);
    expect(outcome(await w.provider.api.post(`/v1/invoices/${mine[0]!.id}/credit_notes`, { reason: 'mine' }))).toBe('forbidden');
    for (const who of [w.provider, seller]) {
      const [event, ...more] = await w.eventsOf(mine[0]!.id, who);
      expect(more).toEqual([]);
      expect(event).toMatchObject({ type: 'invoice.issued', data: { object: { number: mine[0]!.number, driver: driver.id, total: 10_998 } } });
      expect(JSON.stringify(event)).not.toMatch(/Asha|asha/);
    }
    const note = must(await seller.api.post(`/v1/invoices/${mine[0]!.id}/credit_notes`, { reason: 'broken' }));
    expect((await w.eventsOf(note.id)).map(({ type }) => type)).toEqual(['credit_note.issued']);
  });
});

const numbersOf = (invoices: readonly { number: string }[]): number[] => invoices.map(({ number }) => Number(number.split('-').at(-1)));
