/** Idempotency keys, on every POST of the document: done once, and answered the same ever after. */
import { expect, it } from 'vitest';
import { requestOf } from './cases.ts';
import { EXAMPLES } from './examples.ts';
import { changedTables } from './fingerprint.ts';
import type { Got, Sent } from './http.ts';
import type { World } from './world.ts';

const SETTLE_MS = 2_000;

export function onlyOnce(world: () => World): void {
  it('does what every POST asks for once, however often it is sent with a key', { timeout: 180_000 }, async () => {
    const { checker, send, keys } = world();
    const posts = checker.operations.filter(({ method }) => method === 'POST');
    expect(posts.length).toBeGreaterThanOrEqual(29);
    const failures: string[] = [];
    for (const operation of posts) {
      const repeat = async (key: string, settleMs: number) => {
        const [example] = await EXAMPLES[operation.id]!(world());
        const request = withKey(requestOf(operation, example!, keys.ours), key);
        const first = await send(request);
        if (checker.success(operation.id, first) !== undefined || isReplayed(first)) failures.push(`${operation.id}: ${first.status} ${first.text}`);
        await new Promise((resolve) => setTimeout(resolve, settleMs));
        return changedTables(world(), async () => {
          const again = await send(request);
          if (again.status !== first.status || !isReplayed(again)) failures.push(`${operation.id} again: ${again.status} ${again.text}`);
          expect(again.body).toEqual(first.body);
          // what another body would ask for is not looked at
          const other = await send({ ...request, path: `${request.path}/`, body: request.body });
          failures.push(...told(operation.id, checker.refusal(other, { status: 409, code: 'idempotency_key_reused' })));
        });
      };
      // What the first request has set going (a station's answer, a payment) may still be at work: then once more, with time for that.
      let changed = await repeat(`first ${operation.id}`, 0);
      if (changed.length > 0) changed = await repeat(`settled ${operation.id}`, SETTLE_MS);
      if (changed.length > 0) failures.push(`${operation.id}: its repetition changed ${changed.join(', ')}`);
    }
    expect(failures).toEqual([]);
  });

  it('tells another body from the same one, in whatever order its fields are', async () => {
    const { send, keys, checker } = world();
    const post = (body: string, key = keys.ours) => send(withKey({ method: 'POST', path: '/v1/drivers', key, body }, 'order'));
    const first = await post('{"name":"Asha","metadata":{"a":"1","b":"2"}}');
    expect(first.status).toBe(201);
    const again = await post('{ "metadata": { "b": "2", "a": "1" }, "name": "Asha" }');
    expect([again.status, again.body, isReplayed(again)]).toEqual([201, first.body, true]);
    expect(checker.refusal(await post('{"name":"Asha","metadata":{"a":"1","b":"3"}}'), { code: 'idempotency_key_reused' })).toBeUndefined();
    const neighbours = await post('{"name":"Ravi"}', keys.neighbour);
    expect([neighbours.status, neighbours.body.name]).toEqual([201, 'Ravi']);
  });

  it('repeats a refusal too, and undoes what was done before it', async () => {
    const { send, keys, make, ours, checker } = world();
    const slot = make.slot();
    const taken = await make.confirmed(ours, slot);
    const book = withKey(
      { method: 'POST', path: '/v1/reservations', key: keys.ours, body: JSON.stringify({ evse: ours.evse, ideal_start: slot.start, ideal_end: slot.end }) },
      'taken',
    );
    const first = await send(book);
    expect(checker.refusal(first, { status: 409, code: 'slot_unavailable' })).toBeUndefined();
    expect(first.body.alternatives.nearest_times.length).toBeGreaterThan(0);
    await make.call('POST', `/v1/reservations/${taken}/cancel`);
    const again = await send(book);
    expect([again.status, again.body, isReplayed(again)]).toEqual([409, first.body, true]);
    expect(again.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((await send(withKey(book, 'free by now'))).status).toBe(201);
    const gone = withKey({ method: 'POST', path: '/v1/reservations/res_01jq8y3k5wf0xr7q1m3zs5c9tb/cancel', key: keys.ours }, 'gone');
    const [nothing, stillNothing] = [await send(gone), await send(gone)];
    expect([nothing.status, isReplayed(nothing), stillNothing.status, isReplayed(stillNothing)]).toEqual([404, false, 404, true]);
  });

  it('forgets a request that was not understood, so that it can be sent again as it was meant', async () => {
    const { send, keys } = world();
    const post = (body: object) => send(withKey({ method: 'POST', path: '/v1/drivers', key: keys.ours, body: JSON.stringify(body) }, 'typing error'));
    expect((await post({ nmae: 'Asha' })).status).toBe(400);
    expect((await post({ name: 'Asha' })).status).toBe(201);
  });

  it('does what is asked for at the same time once', async () => {
    const { send, keys, make, ours } = world();
    const { start, end } = make.slot();
    const book = withKey(
      { method: 'POST', path: '/v1/reservations', key: keys.ours, body: JSON.stringify({ evse: ours.evse, ideal_start: start, ideal_end: end }) },
      'all at once',
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(book)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(answers.filter(isReplayed)).toHaveLength(11);
    expect(answers[0]!.status).toBe(201);
  });
}

function withKey(sent: Sent, key: string): Sent {
  return { ...sent, headers: { ...sent.headers, 'idempotency-key': key } };
}

function isReplayed({ headers }: Got): boolean {
  return headers['idempotency-replayed'] === 'true';
}

function told(id: string, wrong: string | undefined): string[] {
  return wrong === undefined ? [] : [`${id} elsewhere: ${wrong}`];
}
