/** The judges of the other tests here: each must see what it is there to see. */
import { describe, expect, inject, it } from 'vitest';
import { openTestPostgres } from '../support/databases.ts';
import { deadlocksOnceGone, provokeDeadlock } from '../support/deadlocks.ts';
import { judgePromises, type PromiseRow, type ReservationRow } from '../support/promises-oracle.ts';

const MINUTE = 60_000;

const promise = (id: string, from: number, to: number, more: Partial<PromiseRow> = {}): PromiseRow => ({
  id: `bkg_${id}`, evseId: 'evse_a', kind: 'booked', reservationId: `res_${id}`, startsAt: from * MINUTE, endsAt: to * MINUTE, keptUntil: (to + 5) * MINUTE,
  holdExpiresAt: null, ...more,
});
const reservation = (id: string, from: number, to: number, more: Partial<ReservationRow> = {}): ReservationRow => ({
  id: `res_${id}`, status: 'confirmed', bookingId: `bkg_${id}`, evseId: 'evse_a', reservedStart: from * MINUTE, reservedEnd: to * MINUTE, holdExpiresAt: null,
  bufferMinutes: 5, ...more,
});

describe('the judge of promises', () => {
  it('finds nothing wrong with promises that keep apart', () => {
    const held = { kind: 'hold', holdExpiresAt: 7 } as const;
    expect(judgePromises(
      [promise('1', 0, 15), promise('2', 20, 30, held), promise('3', 0, 15, { evseId: 'evse_b' }),
        promise('4', 40, 50, { kind: 'block', reservationId: null, keptUntil: 50 * MINUTE })],
      [reservation('1', 0, 15), reservation('2', 20, 30, { status: 'pending', holdExpiresAt: 7 }), reservation('3', 0, 15, { evseId: 'evse_b' }),
        reservation('5', 0, 15, { status: 'cancelled', bookingId: null })],
    )).toEqual([]);
  });

  it.each<[string, PromiseRow[], ReservationRow[]]>([
    ['an overlap', [promise('1', 0, 15), promise('2', 10, 30)], [reservation('1', 0, 15), reservation('2', 10, 30)]],
    ['an overlap with the buffer alone', [promise('1', 0, 15), promise('2', 15, 30)], [reservation('1', 0, 15), reservation('2', 15, 30)]],
    ['an overlap with one that is not the neighbour', [promise('1', 0, 60), promise('b', 10, 12, { kind: 'block', evseId: 'evse_b', reservationId: null }), promise('2', 50, 70)],
      [reservation('1', 0, 60), reservation('2', 50, 70)]],
    ['a promise without its buffer', [promise('1', 0, 15, { keptUntil: 15 * MINUTE })], [reservation('1', 0, 15)]],
    ['a promise that nobody has', [promise('1', 0, 15)], []],
    ['a reservation without its promise', [], [reservation('1', 0, 15)]],
    ['a reservation whose promise is at another time', [promise('1', 0, 15)], [reservation('1', 0, 30)]],
    ['a reservation whose promise is at another EVSE', [promise('1', 0, 15)], [reservation('1', 0, 15, { evseId: 'evse_b' })]],
    ['a confirmed reservation with a hold', [promise('1', 0, 15, { kind: 'hold', holdExpiresAt: 1 })], [reservation('1', 0, 15)]],
    ['a promise of a cancelled reservation', [promise('1', 0, 15)], [reservation('1', 0, 15, { status: 'cancelled' })]],
  ])('finds %s', (_what, promises, reservations) => {
    expect(judgePromises(promises, reservations)).toHaveLength(1);
  });

  it('finds a reservation with two promises', () => {
    expect(judgePromises([promise('1', 0, 15), promise('x', 60, 75, { reservationId: 'res_1' })], [reservation('1', 0, 15)])).not.toEqual([]);
  });
});

describe.runIf(inject('postgresUrl') !== '')('the count of deadlocks', () => {
  it('grows with a deadlock', async () => {
    const db = await openTestPostgres();
    try {
      expect(await deadlocksOnceGone(db.url!)).toBe(0);
      await provokeDeadlock(db.url!);
      expect(await deadlocksOnceGone(db.url!)).toBe(1);
    } finally {
      await db.close();
    }
  });
});
