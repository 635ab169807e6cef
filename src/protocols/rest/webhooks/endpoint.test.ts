import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../platform/errors/index.ts';
import { checkEventTypes, newWebhookSecret, wantsType } from './endpoint.ts';

describe('newWebhookSecret', () => {
  it('makes secrets that the library takes, each another', () => {
    const secrets = Array.from({ length: 50 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(50);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
      expect(new Webhook(secret).sign('msg', new Date(), '{}')).toMatch(/^v1,/);
    }
  });
});

describe('checkEventTypes', () => {
  it.each([['*'], ['reservation.confirmed'], ['reservation.*'], ['test_clock.advanced'], ['a.b.c.*'], ['webhook']])('takes %s', (pattern) => {
    expect(checkEventTypes([pattern, pattern])).toEqual([pattern]);
  });

  it.each([[[]], [['']], [['**']], [['*.*']], [['reservation*']], [['*.confirmed']], [['Reservation.confirmed']], [['reservation..x']], [['.x']],
    [['reservation.']], [['a b']], [[`a${'b'.repeat(100)}`]], [Array.from({ length: 51 }, (_, i) => `t${i}`)]])('refuses %j', (patterns) => {
    expect(() => checkEventTypes(patterns)).toThrow(DomainError);
  });

  it('points at the wrong one', () => {
    const errors = [{ pointer: '/event_types/1', message: expect.any(String) }];
    expect(() => checkEventTypes(['*', 'A'])).toThrow(expect.objectContaining({ details: { errors } }));
  });
});

describe('wantsType (WHK-5)', () => {
  it.each([
    [['*'], 'reservation.confirmed', true], [['reservation.confirmed'], 'reservation.confirmed', true],
    [['reservation.*'], 'reservation.confirmed', true],
    [['reservation.*'], 'reservation.a.b', true], [['x', 'reservation.*'], 'reservation.expired', true],
    [['reservation.*'], 'reservations.confirmed', false], [['reservation.*'], 'reservation', false],
    [['reservation.confirmed'], 'reservation.confirmed.x', false],
    [['reservation.confirmed'], 'reservation.confirme', false], [[], 'reservation.confirmed', false],
  ])('%j wants %s: %s', (patterns, type, wants) => expect(wantsType(patterns, type)).toBe(wants));
});
