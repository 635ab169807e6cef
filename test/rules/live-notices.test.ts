/** Messages of a live network on their way: attempts, what is kept of them and what is told of those that fail. The senders are the test's own. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureNetwork } from '../../src/app/networks.ts';
import { attemptNotice, tellDriver, type DeliveryOptions, type NoticeChannel, type NoticeSenders, type OutgoingNotice, type SendOutcome } from '../../src/domain/notices/index.ts';
import { createOrganisation, inContext, issueKey, type Context, type Runtime } from '../../src/domain/organisations/index.ts';
import { tellBatch } from '../../src/domain/telling/index.ts';
import { sql } from '../../src/platform/database/index.ts';
import { apiOf, type Api, type Json } from '../support/api.ts';
import { testDatabases } from '../support/databases.ts';
import { openBrowser } from '../support/push-subscription.ts';
import { MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

interface Row {
  id: string;
  status: string;
  attempts: number;
  recipient: string | null;
  text: string | null;
  title: string | null;
  failure: string | null;
}

describe.each(testDatabases())('messages of a live network ($kind)', ({ open }) => {
  let w: World;
  let api: Api;
  let runtime: Runtime;
  let networkId: string;
  let organisationId: string;
  let answers: SendOutcome[];
  const sent: (OutgoingNotice & { channel: NoticeChannel })[] = [];
  const failed: Json[] = [];
  const jobs: { noticeId: string; attempt: number; runAt?: number }[] = [];
  const senderOf = (channel: NoticeChannel) => ({
    send: async (notice: OutgoingNotice) => {
      sent.push({ ...notice, channel });
      return answers.shift() ?? { sent: true } as const;
    },
  });
  const senders: NoticeSenders = new Map((['sms', 'email', 'push'] as const).map((channel) => [channel, senderOf(channel)]));
  const options: DeliveryOptions = { senders, onFailed: (told) => void failed.push(told) };

  beforeAll(async () => {
    w = await openWorld(open);
    networkId = (await ensureNetwork(w.db.database, 'live')).id;
    const own = w.app.runtime;
    runtime = {
      ...own, settings: { ...own.settings, noticeChannels: ['sms', 'email', 'push'] },
      jobs: { ...own.jobs, enqueue: async (_tx, _kind, payload, { runAt }) => void jobs.push({ ...payload as { noticeId: string; attempt: number }, runAt }) },
    };
    organisationId = await inLive(async (ctx) => (await createOrganisation(ctx, { slug: 'live', name: 'Live', roles: ['provider'] })).id);
    const { secret } = await inLive((ctx) => issueKey(ctx, organisationId, { name: 'live', kind: 'secret' }));
    api = apiOf(w.app.url, secret);
  });
  afterAll(() => w.close());
  beforeEach(() => {
    answers = [];
    for (const list of [sent, failed, jobs]) list.splice(0);
  });

  const inLive = <T>(work: (ctx: Context) => Promise<T>): Promise<T> => inContext(runtime, { networkId, actor: { kind: 'system' } }, work);
  const reachable = async (contact: object): Promise<string> => {
    const { id } = must(await api.post('/v1/drivers', {}));
    must(await api.put(`/v1/drivers/${id}/contact`, contact));
    return id;
  };
  const tell = (driverId: string, sendBefore?: number) => inLive((ctx) => tellDriver(ctx, {
    driverId, kind: 'refund', values: { currency: 'EUR', amount: '3.50' }, dedupeKey: `${Math.random()}`, about: 'pay_1', ...(sendBefore === undefined ? {} : { sendBefore }),
  }));
  const attempt = (job = jobs.at(-1)!) => attemptNotice(runtime, options, job);
  const row = async (id: string): Promise<Row> => (await w.db.database.query<Row>(sql`
    SELECT id, status, attempts, recipient, text, title, failure FROM notices WHERE id = ${id}`))[0]!;

  it('NTC-8 NTC-3 a message is sent once, and then neither its recipient nor its text is kept; nothing of it lies in an outbox', async () => {
    const driver = await reachable({ email: 'asha@example.org', phone: '+919845012345', languages: ['de'] });
    expect(await tell(driver)).toBe(1);
    const { noticeId: id } = jobs[0]!;
    expect(await row(id)).toMatchObject({ status: 'pending', recipient: 'asha@example.org' });
    await attempt();
    await attempt();
    expect(sent).toMatchObject([{ id, channel: 'email', recipient: 'asha@example.org', language: 'de', title: 'Sie bekommen Geld zurück', about: 'pay_1', keys: null }]);
    expect(sent[0]!.text).toBe('3,50 € wurden Ihnen erstattet.');
    expect(await row(id)).toEqual({ id, status: 'sent', attempts: 1, recipient: null, text: null, title: null, failure: null });
    expect(outcome(await api.get('/v1/sandbox/notices'))).toBe('test_mode_only');
  });

  it('NTC-8 what fails for a while is tried again later, what fails for good is told without its text', async () => {
    const driver = await reachable({ phone: '+919845012346' });
    await tell(driver);
    const { noticeId: id } = jobs[0]!;
    answers = [{ failure: 'timeout', isFinal: false }, { failure: 'http_500', isFinal: false }, { failure: 'http_400', isFinal: true }];
    const before = await inLive(async (ctx) => ctx.now);
    await attempt();
    expect(jobs[1]).toMatchObject({ noticeId: id, attempt: 2 });
    expect(jobs[1]!.runAt! - before).toBeGreaterThanOrEqual(5_000);
    expect(await row(id)).toMatchObject({ status: 'pending', attempts: 1, failure: 'timeout', recipient: '+919845012346' });
    await attempt();
    await attempt();
    expect(await row(id)).toEqual({ id, status: 'failed', attempts: 3, recipient: null, text: null, title: null, failure: 'http_400' });
    expect(failed).toEqual([{ id, channel: 'sms', kind: 'refund', failure: 'http_400' }]);
    await w.app.runtime.events.settled();
    const { data: [event] } = must(await api.get(`/v1/events?object_id=${id}`));
    expect(event).toMatchObject({ type: 'notice.failed', data: { object: { id, driver, channel: 'sms', kind: 'refund', failure: 'http_400', status: 'failed' } } });
    expect(JSON.stringify(event)).not.toMatch(/9845012346|3\.50/);
    expect(new Set(sent.map((notice) => notice.id))).toEqual(new Set([id]));
  });

  it('NTC-8 the last attempt, one that is too late, and one that was interrupted twice fail', async () => {
    const driver = await reachable({ phone: '+919845012347' });
    await tell(driver);
    answers = Array.from({ length: 7 }, () => ({ failure: 'timeout', isFinal: false }));
    for (let i = 0; i < 7; i++) await attempt();
    expect([(await row(jobs[0]!.noticeId)).status, sent.length]).toEqual(['failed', 7]);
    await tell(driver, await inLive(async (ctx) => ctx.now - 1));
    await attempt();
    expect((await row(jobs.at(-1)!.noticeId)).failure).toBe('too_late');
    await tell(driver);
    const dying: DeliveryOptions = { ...options, senders: new Map([['sms', { send: () => Promise.reject(new Error('killed')) }]]) };
    for (let i = 0; i < 2; i++) await expect(attemptNotice(runtime, dying, jobs.at(-1)!)).rejects.toThrow('killed');
    await attempt();
    expect([(await row(jobs.at(-1)!.noticeId)).failure, sent.length]).toEqual(['interrupted', 7]);
  });

  it('NTC-8 a browser that is gone is told nothing any more', async () => {
    const driver = await reachable({});
    const path = `/v1/drivers/${driver}/push_subscriptions`;
    for (let i = 0; i < 2; i++) must(await api.post(path, openBrowser().subscription));
    must(await api.put(`/v1/drivers/${driver}/notice_preferences`, { channels: { refund: ['push'] } }));
    expect(await tell(driver)).toBe(2);
    answers = [{ failure: 'http_410', isFinal: true, isGone: true }];
    for (const job of jobs) await attempt(job);
    expect(sent.map(({ channel, keys }) => [channel, typeof keys?.p256dh])).toEqual([['push', 'string'], ['push', 'string']]);
    expect(must(await api.get(path)).data).toHaveLength(1);
  });

  it('NTC-3 a channel that the network does not send by is as if the driver had none', async () => {
    const driver = await reachable({ phone: '+919845012348' });
    const only = { ...runtime, settings: { ...runtime.settings, noticeChannels: ['email'] } };
    const telling = { driverId: driver, kind: 'refund' as const, values: { currency: 'EUR', amount: '1.00' }, dedupeKey: 'x', about: 'pay_1' };
    expect(await inContext(only, { networkId, actor: { kind: 'system' } }, (ctx) => tellDriver(ctx, telling))).toBe(0);
    await tell(driver);
    await attemptNotice(runtime, { ...options, senders: new Map() }, jobs.at(-1)!);
    expect((await row(jobs.at(-1)!.noticeId)).failure).toBe('no_sender');
  });

  it('TLG-4 what counts only at its moment is not told half an hour later', async () => {
    const driver = await reachable({ phone: '+919845012349' });
    const { locationId } = { locationId: (await w.place()).id };
    const emit = (type: string, minutesAgo: number) => inLive((ctx) => ctx.as({ now: ctx.now - minutesAgo * MINUTE }).emit({
      type, object: 'session', objectId: `ses_${Math.random()}`, objectVersion: 2, isPublic: false, audience: [organisationId], touches: [],
      data: { driverId: driver, locationId, evseId: null, energyWh: 1_000, cost: null },
    }));
    await emit('session.interrupted', 31);
    await emit('session.interrupted', 29);
    await emit('session.ended', 300);
    await runtime.events.settled();
    for (let hasMore = true; hasMore;) hasMore = await tellBatch(runtime, { onError: (error) => { throw error; } });
    const kinds = await w.db.database.query<{ kind: string }>(sql`SELECT kind FROM notices WHERE driver_id = ${driver} ORDER BY id`);
    expect(kinds.map(({ kind }) => kind)).toEqual(['session_interrupted', 'session_finished']);
  });
});
