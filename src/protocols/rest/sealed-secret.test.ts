import { expect, it } from 'vitest';
import { openSecret, sealSecret } from './sealed-secret.ts';

const body = { id: 'key_1', secret: 'pt_sk_test_0123456789', scopes: ['a'] };

it('keeps no secret in what is stored, and gives it back to the key that asked for it', () => {
  const stored = sealSecret(body, 'pt_sk_test_caller');
  expect(JSON.stringify(stored)).not.toContain(body.secret);
  expect(openSecret(structuredClone(stored), 'pt_sk_test_caller')).toEqual(body);
});

it('keeps no secret address either', () => {
  const feed = { object: 'calendar_feed', secret_url: 'https://example.com/cf_0123.ics' };
  const stored = sealSecret(feed, 'pt_sk_test_caller');
  expect(JSON.stringify(stored)).not.toContain('cf_0123');
  expect(openSecret(structuredClone(stored), 'pt_sk_test_caller')).toEqual(feed);
});

it('gives it to no other key', () => {
  expect(() => openSecret(sealSecret(body, 'pt_sk_test_caller'), 'pt_sk_test_other')).toThrow(expect.objectContaining({ code: 'idempotency_key_reused' }));
});

it('leaves bodies without a secret as they are', () => {
  for (const plain of [null, 'text', 3, { id: 'x' }, { secret: 3 }, [1]]) {
    expect(sealSecret(plain, 'k')).toBe(plain);
    expect(openSecret(plain, 'k')).toBe(plain);
  }
});
