/** A case of support: somebody needs help with an order, a session or a plug, and its operator answers. Pure. */
import { randomInt } from 'node:crypto';
import type { EpochMs } from '../../platform/clock/index.ts';
import type { SupportContact } from '../organisations/index.ts';

export const TICKET_CATEGORIES = ['reservation', 'charging', 'hardware', 'payment', 'access', 'other'] as const;
export type TicketCategory = (typeof TICKET_CATEGORIES)[number];

export const TICKET_STATUSES = ['open', 'in_progress', 'resolved'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** `customer`: the driver, or the organisation whose driver it is. */
export type TicketSide = 'customer' | 'operator';

export const TICKET_LIMITS = { text: 4_000, messages: 500, unresolved: 20 } as const;

export interface TicketMessage {
  id: string;
  ticketId: string;
  author: TicketSide;
  text: string;
  createdAt: EpochMs;
}

/** How the person who asked can be called back, as they said; told to both sides, and by no event. */
export interface Requester {
  name?: string;
  phone?: string;
  email?: string;
}

export interface Ticket {
  id: string;
  networkId: string;
  /** as people read it out, unique in its network: `SUP`, the day, five characters */
  reference: string;
  /** who asks, or whose driver does */
  organisationId: string;
  operatorId: string;
  driverId: string | null;
  reservationId: string | null;
  sessionId: string | null;
  locationId: string | null;
  connectorId: string | null;
  category: TicketCategory;
  status: TicketStatus;
  requester: Requester | null;
  /** how its operator could be reached when it was opened */
  contact: SupportContact;
  /** the newest */
  message: TicketMessage;
  messageCount: number;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  resolvedAt: EpochMs | null;
}

/** Without letters and digits that are taken for others. */
const LETTERS = '23456789BCDFGHJKMNPQRSTVWXYZ';
const LETTER_COUNT = 5;

/** SUP-2: begins with the day (UTC); the rest is by chance, so that it tells nobody how many there are. */
export function newReference(now: EpochMs): string {
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  return `SUP-${day}-${Array.from({ length: LETTER_COUNT }, () => LETTERS[randomInt(LETTERS.length)]!).join('')}`;
}

/**
 * What a message makes of a ticket's status: the operator's takes it up, the customer's opens again what was resolved.
 */
export function statusAfterMessage(status: TicketStatus, author: TicketSide): TicketStatus {
  if (author === 'operator') return status === 'open' ? 'in_progress' : status;
  return status === 'resolved' ? 'open' : status;
}
