/**
 * Of what is due: nothing happens to an object so long after its deadline that it should have been over by then. What counts is the
 * network's time, which in a history goes by in jumps: whatever a move of the clock passes is to happen at its own time (DUE-2).
 *
 * Two things are allowed for. Between two moves real time goes by: who sweeps comes four times a second, is killed and comes back in
 * seconds on a busy machine, and a neighbourhood stays claimed for as long as a lease lasts when its planner is killed: `ALLOWANCE_MS`, and the
 * lease more for an assignment. And what is made while the clock is being moved may have its deadline behind it as soon as it is committed, since
 * the move is a transaction that has not seen it: it counts from the end of that move.
 */
import type { Reservation, WaitlistEntry } from '../../src/domain/reservations/index.ts';
import type { Session } from '../../src/domain/sessions/index.ts';
import { MINUTE } from '../support/world.ts';
import type { EventFact } from './facts.ts';
import type { Move } from './history.ts';
import type { Judges } from './replay.ts';

const ALLOWANCE_MS = MINUTE;
/** As long as `leases.ts` says. */
const LEASE_MS = MINUTE / 4;

interface Deadline {
  what: string;
  at: number;
  allowedMs: number;
}

export function timeJudges(moves: readonly Move[]): Judges {
  const latest = new Map<string, EventFact>();
  return {
    event: ({ event }) => {
      const name = `${event.object} ${event.objectId}`;
      const before = latest.get(name);
      latest.set(name, event);
      if (!before) return [];
      return deadlinesOf(before).flatMap(({ what, at, allowedMs }) => {
        const lateMs = event.occurredAt - Math.max(at, before.occurredAt, endOfMove(moves, before, at));
        return lateMs <= allowedMs ? [] : [`${what} was due at ${new Date(at).toISOString()}, ${Math.round(lateMs / 1000)} s before`];
      });
    },
  };
}

/** When a move was over that went past the deadline of what was made amid it; else nothing. */
function endOfMove(moves: readonly Move[], { occurredAt }: EventFact, deadline: number): number {
  const amid = moves.filter(({ from, to }) => occurredAt >= from && occurredAt <= to + ALLOWANCE_MS && deadline <= to + ALLOWANCE_MS);
  return Math.max(-Infinity, ...amid.map(({ to }) => to));
}

function deadlinesOf({ object, data }: EventFact): Deadline[] {
  const due = (what: string, at: number | null, isOpen: boolean, allowedMs = ALLOWANCE_MS): Deadline[] => (isOpen && at !== null ? [{ what, at, allowedMs }] : []);
  if (object === 'reservation') {
    const { status, holdExpiresAt, noShowAt, assignAt } = data as unknown as Reservation;
    return [
      ...due('the end of its hold', holdExpiresAt, status === 'pending'), ...due('its no-show', noShowAt, status === 'confirmed'),
      ...due('its assignment', assignAt, status === 'pending', ALLOWANCE_MS + LEASE_MS),
    ];
  }
  if (object === 'session') return due('its end', (data as unknown as Session).endsBy, data.status === 'started');
  if (object !== 'waitlist_entry') return [];
  const { status, lastStart, offer } = data as unknown as WaitlistEntry;
  return [...due('the end of its window', lastStart, status === 'waiting'), ...due('the end of its offer', offer?.claimBy ?? null, status === 'offered')];
}
