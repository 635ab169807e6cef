/** What providers tell moves a reservation on, and never back. */
import { describe, expect, it } from 'vitest';
import { take, type ExternalReservation, type ExternalStatus, type Facts, type Told } from './reservation.ts';

const NOW = 1_800_000_000_000;
const reservation = (status: ExternalStatus, more: Partial<ExternalReservation> = {}): ExternalReservation => ({
  id: 'xres_1', networkId: 'net_1', externalNetworkId: 'xnet_1', organisationId: 'org_1', driverId: null, providerId: 'bpp', conversationId: 'c', status,
  wish: { start: null, end: null, energyWh: null, amountMinor: null, currency: null }, vehicle: null,
  place: {
    id: 'xloc_1', networkId: 'net_1', externalNetworkId: 'xnet_1', providerId: 'bpp', key: 'k', operator: { ref: 'o', name: 'O' }, name: 'P', address: '', city: '', country: '',
    coordinates: null, facilities: [], isGreen: null, route: {}, seenAt: NOW,
  },
  connector: { id: 'xcon_1', evseId: 'xevse_1', itemId: 'i', evseKey: 'i', name: null, standard: null, powerType: null, maxPowerW: null, status: 'UNKNOWN', price: null,
    slots: [] },
  facts: {}, ratings: [], metadata: {}, waiting: null, problem: null, version: 3, createdAt: NOW, updatedAt: NOW, confirmedAt: null, endedAt: null, ...more,
});
const told = (status: ExternalStatus | undefined, facts: Facts = {}, more: Partial<Told> = {}): Told => ({
  answers: { ref: 'other', operations: [] }, ...(status === undefined ? {} : { status }), facts, ...more,
});
const waiting = { operation: 'confirm', ref: 'm1', since: NOW } as const;
const paid: Facts = { payment: { isPaid: true, status: 'PAID', amountMinor: 100, currency: 'INR', url: null, methods: [], reference: null, timing: null } };

describe('what a provider tells', () => {
  it('EXT-5: what is of a state that is past changes nothing', () => {
    const all: ExternalStatus[] = ['quoted', 'pending', 'confirmed', 'active', 'completed'];
    for (const [i, status] of all.entries()) {
      for (const [j, later] of all.entries()) {
        const { next, event } = take(reservation(status), told(later, { orderRef: 'x' }), NOW);
        expect([next.status, event !== undefined], `${status} ← ${later}`).toEqual([j >= i ? later : status, j >= i]);
      }
      expect(take(reservation(status), told('cancelled'), NOW).next.status, status).toBe(status === 'completed' ? 'completed' : 'cancelled');
      expect(take(reservation('cancelled'), told(status, paid), NOW), status).toMatchObject({ next: { status: 'cancelled', facts: {} } });
    }
  });

  it('EXT-5: what comes again is no news, nor is what is older than what is known', () => {
    const first = take(reservation('pending'), told('pending', { ...paid, stateAt: NOW }), NOW);
    expect(first).toMatchObject({ event: 'paid', next: { version: 4 } });
    expect(take(first.next, told('pending', { ...paid, stateAt: NOW + 1 }), NOW).event).toBeUndefined();
    const active = reservation('active', { facts: { isInterrupted: false, stateAt: NOW } });
    expect(take(active, told('active', { isInterrupted: true, stateAt: NOW - 1 }), NOW).event).toBeUndefined();
    expect(take(active, told('active', { isInterrupted: true, stateAt: NOW + 1 }), NOW).event).toBe('interrupted');
  });

  it('EXT-6: a refusal is of the question that it answers; of another one it is nothing', () => {
    const before = reservation('pending', { waiting });
    const problem = { code: '40000', message: 'no', reason: 'refused_elsewhere' } as const;
    expect(take(before, told(undefined, {}, { problem }), NOW)).toEqual({ next: before });
    expect(take(before, told(undefined, {}, { problem, answers: { ref: 'm1', operations: [] } }), NOW)).toMatchObject({
      event: 'refused', next: { status: 'pending', waiting: null, problem: { operation: 'confirm', code: '40000' } },
    });
    expect(take(reservation('asked', { waiting: { ...waiting, operation: 'quote' } }), told(undefined, {}, { problem, answers: { ref: 'x', operations: ['quote'] } }), NOW))
      .toMatchObject({ event: 'failed', next: { status: 'failed', endedAt: NOW } });
  });

  it('EXT-6: a question is answered by what it asked for being so, also where that is told unasked', () => {
    expect(take(reservation('pending', { waiting }), told('confirmed'), NOW)).toMatchObject({ event: 'confirmed', next: { waiting: null, confirmedAt: NOW } });
    expect(take(reservation('pending', { waiting }), told('pending', paid), NOW)).toMatchObject({ event: 'paid', next: { waiting } });
    expect(take(reservation('active', { waiting: { ...waiting, operation: 'status' } }), told('confirmed', {}, { answers: { ref: 'm1', operations: [] } }), NOW))
      .toMatchObject({ event: 'updated', next: { status: 'active', waiting: null } }); // answered, by what is past
  });

  it('EXT-10: what is given back after the end is told once it is done', () => {
    const refund = (isDone: boolean): Facts => ({ settlement: [{ kind: 'refund', amountMinor: 5, currency: 'INR', isDone }] });
    const ended = take(reservation('active'), told('completed', refund(false)), NOW);
    expect(ended).toMatchObject({ event: 'completed', next: { endedAt: NOW } });
    expect(take(ended.next, told('completed', refund(true)), NOW).event).toBe('settled');
  });
});
