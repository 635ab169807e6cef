/**
 * Who may do what: the one table. A marketplace shares: a station is public, a reservation belongs to the organisation
 * that made it (an eMSP, or the operator itself), to its driver, and to the operator of the station. What no cell allows is refused.
 */
import { DomainError } from '../../platform/errors/index.ts';
import type { Actor, Context } from './context.ts';
import type { Scope } from './scopes.ts';

export type Role = 'operator' | 'provider' | 'driver' | 'public';

/** `own`: only what belongs to the caller in that role. */
export type Cell = 'any' | 'own' | 'none';

interface Rule extends Record<Role, Cell> {
  scope: Scope;
}

const rule = (scope: Scope, operator: Cell, provider: Cell, driver: Cell, everybody: Cell): Rule => ({ scope, operator, provider, driver, public: everybody });

//                                                          operator provider driver public
export const ACCESS = {
  'location.read': rule('locations:read', 'any', 'any', 'any', 'any'),
  'location.read_unpublished': rule('locations:read', 'own', 'none', 'none', 'none'),
  'location.write': rule('locations:write', 'own', 'none', 'none', 'none'),
  'station.read': rule('stations:read', 'own', 'none', 'none', 'none'),
  'station.provision': rule('stations:write', 'own', 'none', 'none', 'none'),
  'station.command': rule('stations:write', 'own', 'none', 'none', 'none'),
  'slots.read': rule('calendar:read', 'any', 'any', 'any', 'any'),
  'policy.read': rule('policies:read', 'any', 'any', 'any', 'any'),
  'policy.write': rule('policies:write', 'own', 'none', 'none', 'none'),
  'policy.simulate': rule('reservations:read', 'own', 'none', 'none', 'none'),
  'tariff.read': rule('tariffs:read', 'any', 'any', 'any', 'any'),
  'tariff.write': rule('tariffs:write', 'own', 'none', 'none', 'none'),
  'programme.read': rule('programmes:read', 'any', 'any', 'any', 'any'),
  'programme.write': rule('programmes:write', 'own', 'none', 'none', 'none'),
  'programme.read_members': rule('programmes:read', 'own', 'none', 'none', 'none'),
  'membership.read': rule('programmes:read', 'none', 'own', 'own', 'none'),
  'membership.write': rule('programmes:write', 'none', 'own', 'own', 'none'),
  'quote.create': rule('tariffs:read', 'own', 'any', 'own', 'none'),
  'quote.read': rule('tariffs:read', 'own', 'own', 'own', 'none'),
  'calendar.read': rule('calendar:read', 'own', 'none', 'none', 'none'),
  'block.write': rule('calendar:write', 'own', 'none', 'none', 'none'),
  'outage.write': rule('calendar:write', 'own', 'none', 'none', 'none'),
  'conflict.read': rule('calendar:read', 'own', 'none', 'none', 'none'),
  'conflict.write': rule('calendar:write', 'own', 'none', 'none', 'none'),
  'reservation.create': rule('reservations:write', 'own', 'own', 'own', 'none'),
  'reservation.read': rule('reservations:read', 'own', 'own', 'own', 'none'),
  'reservation.change': rule('reservations:write', 'own', 'own', 'own', 'none'),
  'reservation.cancel_as_operator': rule('reservations:write', 'own', 'none', 'none', 'none'),
  'series.read': rule('reservations:read', 'own', 'own', 'own', 'none'),
  'series.change': rule('reservations:write', 'own', 'own', 'own', 'none'),
  'external_network.search': rule('locations:read', 'any', 'any', 'any', 'none'),
  'external_reservation.create': rule('reservations:write', 'none', 'own', 'own', 'none'),
  'external_reservation.read': rule('reservations:read', 'none', 'own', 'own', 'none'),
  'external_reservation.change': rule('reservations:write', 'none', 'own', 'own', 'none'),
  'waitlist.read': rule('reservations:read', 'none', 'own', 'own', 'none'),
  'waitlist.write': rule('reservations:write', 'none', 'own', 'own', 'none'),
  'session.read': rule('sessions:read', 'own', 'own', 'own', 'none'),
  'session.start': rule('sessions:write', 'own', 'any', 'own', 'none'),
  'session.start_as_guest': rule('sessions:write', 'any', 'any', 'any', 'any'),
  'session.control': rule('sessions:write', 'own', 'own', 'own', 'none'),
  'session.simulate': rule('sandbox:write', 'own', 'own', 'none', 'none'),
  'driver.read': rule('drivers:read', 'none', 'own', 'own', 'none'),
  'driver.write': rule('drivers:write', 'none', 'own', 'none', 'none'),
  'driver.issue_key': rule('keys:write', 'none', 'own', 'none', 'none'),
  'wallet.read': rule('wallets:read', 'none', 'own', 'own', 'none'),
  'wallet.add_test_credit': rule('sandbox:write', 'none', 'own', 'none', 'none'),
  'invoice.read': rule('invoices:read', 'own', 'own', 'own', 'none'),
  'invoice.credit': rule('invoices:write', 'own', 'own', 'none', 'none'),
  'legal_profile.read': rule('invoices:read', 'own', 'own', 'none', 'none'),
  'legal_profile.write': rule('invoices:write', 'own', 'own', 'none', 'none'),
  'contact.read': rule('drivers:read', 'none', 'own', 'own', 'none'),
  'contact.write': rule('drivers:write', 'none', 'own', 'none', 'none'),
  'contact.choose': rule('notices:write', 'none', 'own', 'own', 'none'),
  'notice.read': rule('sandbox:write', 'none', 'own', 'none', 'none'),
  'payment.create': rule('payments:write', 'none', 'own', 'own', 'none'),
  'payment.read': rule('payments:read', 'none', 'own', 'own', 'none'),
  'payment.read_collected': rule('payments:read', 'own', 'own', 'none', 'none'),
  'payment.declare': rule('payments:write', 'own', 'any', 'none', 'none'),
  'payment.manage': rule('payments:write', 'none', 'own', 'none', 'none'),
  'bill.read': rule('payments:read', 'own', 'own', 'own', 'none'),
  'ledger.read': rule('payments:read', 'own', 'own', 'none', 'none'),
  'calendar_feed.write': rule('reservations:write', 'none', 'own', 'own', 'none'),
  'rating.read': rule('locations:read', 'any', 'any', 'any', 'any'),
  'rating.list': rule('feedback:read', 'own', 'own', 'own', 'none'),
  'rating.write': rule('feedback:write', 'none', 'own', 'own', 'none'),
  'rating.answer': rule('feedback:write', 'own', 'none', 'none', 'none'),
  'ticket.read': rule('feedback:read', 'own', 'own', 'own', 'none'),
  'ticket.create': rule('feedback:write', 'none', 'own', 'own', 'none'),
  'ticket.write': rule('feedback:write', 'own', 'own', 'own', 'none'),
  'support_contact.write': rule('feedback:write', 'own', 'none', 'none', 'none'),
  'event.read': rule('events:read', 'own', 'own', 'own', 'none'),
  'webhook.read': rule('webhooks:read', 'own', 'own', 'none', 'none'),
  'webhook.write': rule('webhooks:write', 'own', 'own', 'none', 'none'),
  'key.read': rule('keys:read', 'own', 'own', 'none', 'none'),
  'key.write': rule('keys:write', 'own', 'own', 'none', 'none'),
  'audit.read': rule('audit:read', 'own', 'own', 'none', 'none'),
  'organisation.read': rule('organisation:read', 'own', 'own', 'own', 'none'),
  'test_clock.read': rule('organisation:read', 'any', 'any', 'any', 'none'),
  'test_clock.advance': rule('sandbox:write', 'any', 'any', 'none', 'none'),
} as const satisfies Record<string, Rule>;

export type Action = keyof typeof ACCESS;

/** To whom an object belongs, in each role. */
export interface Owners {
  operatorId?: string | null;
  organisationId?: string | null;
  driverId?: string | null;
}

/** The roles in which a caller acts. */
export function rolesOf(actor: Actor): readonly Role[] {
  if (actor.kind === 'public') return ['public'];
  if (actor.kind === 'system') return [];
  return actor.driverId === undefined ? actor.roles : ['driver'];
}

function owns(actor: Actor, role: Role, owners: Owners): boolean {
  if (actor.kind !== 'key') return false;
  if (role === 'operator') return owners.operatorId === actor.organisationId;
  if (role === 'provider') return owners.organisationId === actor.organisationId;
  return role === 'driver' && actor.driverId !== undefined && owners.driverId === actor.driverId;
}

/** Whether the caller may do that to an object with these owners; the system (sweeper, importer, CLI) always may. */
export function may(ctx: Pick<Context, 'actor'>, action: Action, owners: Owners = {}): boolean {
  const { actor } = ctx;
  if (actor.kind === 'system') return true;
  const row: Rule = ACCESS[action];
  if (actor.kind === 'key' && !actor.scopes.includes(row.scope)) return false;
  return rolesOf(actor).some((role) => row[role] === 'any' || (row[role] === 'own' && owns(actor, role, owners)));
}

/** Throws `unauthenticated` for a caller without a key, `forbidden` for one with a key that may not. */
export function requireAccess(ctx: Pick<Context, 'actor'>, action: Action, owners: Owners = {}): void {
  if (may(ctx, action, owners)) return;
  if (ctx.actor.kind === 'public') throw new DomainError('unauthenticated', 'Send an API key: "Authorization: Bearer pt_sk_…".');
  const { scope } = ACCESS[action];
  const missing = ctx.actor.kind === 'key' && !ctx.actor.scopes.includes(scope);
  throw new DomainError('forbidden', missing ? `This key lacks the scope "${scope}".` : `The action "${action}" is not open to this key's role, or not for this object.`);
}
