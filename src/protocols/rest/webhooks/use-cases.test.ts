import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeForTest, keyActor, openWebhookBed, type WebhookBed } from '../../../../test/support/webhook-bed.ts';
import { sql } from '../../../platform/database/index.ts';
import { listDeliveries, readDelivery, replayDelivery, testFire } from './delivery-use-cases.ts';
import { createEndpoint, deleteEndpoint, listEndpoints, readEndpoint, rotateSecret, updateEndpoint, type EndpointInput } from './use-cases.ts';

const OPEN = { allowPrivate: true };
const CLOSED = { allowPrivate: false };
const INPUT: EndpointInput = { url: 'https://example.com/hooks', eventTypes: ['reservation.*'], description: 'the app' };
const code = (value: string) => expect.objectContaining({ code: value });

let bed: WebhookBed;
beforeAll(async () => { bed = await openWebhookBed(); });
afterAll(() => bed.close());
beforeEach(() => bed.clear());

const create = (input: Partial<EndpointInput> = {}, organisationId = bed.ours) =>
  bed.as(organisationId, (ctx) => createEndpoint(ctx, CLOSED, { ...INPUT, ...input }));

describe('endpoints', () => {
  it('are created enabled, with a secret', async () => {
    const { endpoint, secret } = await create();
    expect(secret).toMatch(/^whsec_/);
    expect(endpoint).toMatchObject({
      ...INPUT, organisationId: bed.ours, status: 'enabled', disabledReason: null, secretHint: secret.slice(-4),
      previousSecretExpiresAt: null, version: 1,
    });
    expect(await bed.as(bed.ours, (ctx) => readEndpoint(ctx, endpoint.id))).toEqual(endpoint);
  });

  it('WHK-4: their secrets are in nothing that is read later, and not in the audit log', async () => {
    const { endpoint, secret } = await create();
    const rotated = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id));
    const later = await bed.as(bed.ours, async (ctx) => [
      await readEndpoint(ctx, endpoint.id), await listEndpoints(ctx, { limit: 10 }),
      await updateEndpoint(ctx, CLOSED, endpoint.id, { description: null }),
      await testFire(ctx, encodeForTest, endpoint.id), await listDeliveries(ctx, endpoint.id, { limit: 10 }),
    ]);
    const audit = await bed.runtime.database.query(sql`SELECT * FROM audit_log`);
    expect(audit.map(({ action }) => action)).toEqual(['create', 'rotate_secret', 'update', 'test'].map((name) => `webhook_endpoint.${name}`));
    expect(audit.every((entry) => entry.actor === 'key_of_a_test' && entry.organisation_id === bed.ours)).toBe(true);
    const text = JSON.stringify([later, audit]);
    expect(text).not.toContain(secret);
    expect(text).not.toContain(rotated.secret);
    expect(text).toContain(rotated.secret.slice(-4));
  });

  it('WHK-13: are refused with a URL that is not public or not https, on creation and on change', async () => {
    const refused = ['http://example.com/', 'https://127.0.0.1/', 'https://[::ffff:127.0.0.1]/', 'https://0x7f.1/', 'https://localhost/', 'nonsense'];
    for (const url of refused) {
      await expect(create({ url })).rejects.toEqual(code('url_not_allowed'));
    }
    const { endpoint } = await create();
    const change = (settings: typeof OPEN, url: string) => bed.as(bed.ours, (ctx) => updateEndpoint(ctx, settings, endpoint.id, { url }));
    await expect(change(CLOSED, 'https://10.0.0.1/')).rejects.toEqual(code('url_not_allowed'));
    expect((await change(OPEN, 'http://10.0.0.1/')).url).toBe('http://10.0.0.1/');
  });

  it('are refused with event types or a description that are not valid', async () => {
    await expect(create({ eventTypes: [] })).rejects.toEqual(code('invalid_request'));
    await expect(create({ eventTypes: ['reservation*'] })).rejects.toEqual(code('invalid_request'));
    await expect(create({ description: 'x'.repeat(501) })).rejects.toEqual(code('invalid_request'));
  });

  it('change in what is given and keep the rest', async () => {
    const { endpoint } = await create();
    const disabled = await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, CLOSED, endpoint.id, { status: 'disabled' }));
    expect(disabled).toMatchObject({ ...INPUT, status: 'disabled', disabledReason: 'by_owner', version: 2 });
    const changes = { status: 'enabled' as const, eventTypes: ['*', '*'], description: null };
    const enabled = await bed.as(bed.ours, (ctx) => updateEndpoint(ctx, CLOSED, endpoint.id, changes));
    expect(enabled).toMatchObject({ url: INPUT.url, eventTypes: ['*'], description: null, status: 'enabled', disabledReason: null, version: 3 });
    expect(await bed.as(bed.ours, (ctx) => readEndpoint(ctx, endpoint.id))).toEqual(enabled);
  });

  it('are listed newest first, in pages both ways', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await create()).endpoint.id);
    await create({}, bed.theirs);
    const list = async (page: { after?: string; before?: string }) =>
      (await bed.as(bed.ours, (ctx) => listEndpoints(ctx, { ...page, limit: 2 }))).map(({ id }) => id);
    expect(await list({})).toEqual(ids.slice(0, 2));
    expect(await list({ after: ids[1] })).toEqual(ids.slice(2, 4));
    expect(await list({ after: ids[3] })).toEqual(ids.slice(4));
    expect(await list({ before: ids[3] })).toEqual(ids.slice(1, 3));
  });

  it('are gone once deleted, with their secrets and deliveries', async () => {
    const { endpoint } = await create();
    const delivery = await bed.as(bed.ours, (ctx) => testFire(ctx, encodeForTest, endpoint.id));
    await bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, endpoint.id));
    await expect(bed.as(bed.ours, (ctx) => readEndpoint(ctx, endpoint.id))).rejects.toEqual(code('not_found'));
    await expect(bed.as(bed.ours, (ctx) => deleteEndpoint(ctx, endpoint.id))).rejects.toEqual(code('not_found'));
    await expect(bed.as(bed.ours, (ctx) => readDelivery(ctx, delivery.id))).rejects.toEqual(code('not_found'));
    expect(await bed.as(bed.ours, (ctx) => listEndpoints(ctx, { limit: 10 }))).toEqual([]);
    const secrets = await bed.runtime.database.query(sql`SELECT secret, previous_secret FROM webhook_endpoints`);
    expect(secrets).toEqual([{ secret: '', previous_secret: null }]);
  });
});

describe('rotating a secret', () => {
  it('WHK-3: keeps the old one for 24 hours, or as long as is asked', async () => {
    const { endpoint, secret } = await create();
    const before = Date.now();
    const rotated = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id));
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.endpoint).toMatchObject({ secretHint: rotated.secret.slice(-4), version: 2 });
    expect(rotated.endpoint.previousSecretExpiresAt! - before).toBeGreaterThanOrEqual(86_400_000);
    expect(rotated.endpoint.previousSecretExpiresAt! - before).toBeLessThan(86_460_000);
    const atOnce = await bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id, 0));
    expect(atOnce.endpoint.previousSecretExpiresAt).toBeNull();
  });

  it.each([-1, 0.5, 7 * 86_400_000 + 1, Number.NaN])('refuses an overlap of %s ms', async (overlapMs) => {
    const { endpoint } = await create();
    await expect(bed.as(bed.ours, (ctx) => rotateSecret(ctx, endpoint.id, overlapMs))).rejects.toEqual(code('invalid_request'));
  });
});

describe('WHK-19: who may', () => {
  type Work = Parameters<WebhookBed['run']>[1];
  const everyUse = (endpointId: string, deliveryId: string): [name: string, needs: 'read' | 'write', isOfAnObject: boolean, work: Work][] => [
    ['createEndpoint', 'write', false, (ctx) => createEndpoint(ctx, CLOSED, INPUT)],
    ['listEndpoints', 'read', false, (ctx) => listEndpoints(ctx, { limit: 1 })],
    ['readEndpoint', 'read', true, (ctx) => readEndpoint(ctx, endpointId)],
    ['updateEndpoint', 'write', true, (ctx) => updateEndpoint(ctx, CLOSED, endpointId, { description: 'mine now' })],
    ['rotateSecret', 'write', true, (ctx) => rotateSecret(ctx, endpointId)],
    ['testFire', 'write', true, (ctx) => testFire(ctx, encodeForTest, endpointId)],
    ['listDeliveries', 'read', true, (ctx) => listDeliveries(ctx, endpointId, { limit: 1 })],
    ['readDelivery', 'read', true, (ctx) => readDelivery(ctx, deliveryId)],
    ['replayDelivery', 'write', true, (ctx) => replayDelivery(ctx, encodeForTest, deliveryId)],
    ['deleteEndpoint', 'write', true, (ctx) => deleteEndpoint(ctx, endpointId)],
  ];

  it('is the organisation whose it is, with the scope; to others nothing is there', async () => {
    const { endpoint } = await create();
    const { id: deliveryId } = await bed.as(bed.ours, (ctx) => testFire(ctx, encodeForTest, endpoint.id));
    const before = await bed.as(bed.ours, (ctx) => readEndpoint(ctx, endpoint.id));
    for (const [name, needs, isOfAnObject, work] of everyUse(endpoint.id, deliveryId)) {
      if (isOfAnObject) await expect(bed.as(bed.theirs, work), name).rejects.toEqual(code('not_found'));
      await expect(bed.run({ kind: 'public' }, work), name).rejects.toEqual(code('unauthenticated'));
      await expect(bed.run(keyActor(bed.ours, undefined, 'drv_1'), work), name).rejects.toEqual(code('forbidden'));
      await expect(bed.as(bed.ours, work, needs === 'read' ? ['webhooks:write'] : ['webhooks:read']), name).rejects.toEqual(code('forbidden'));
    }
    expect(await bed.as(bed.ours, (ctx) => readEndpoint(ctx, endpoint.id))).toEqual(before);
    for (const [name, , , work] of everyUse(endpoint.id, deliveryId)) await expect(bed.as(bed.ours, work), name).resolves.not.toThrow();
  });
});
