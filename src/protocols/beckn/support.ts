/** Help with orders, in every generation: a case of the network's own, and how its operator is reached. */
import { findOrganisation, type Context } from '../../domain/organisations/index.ts';
import type { StoredEvent } from '../../platform/events/index.ts';
import {
  findUnresolvedTicket, getTicket, openTicket, supportContactOf, TICKET_CATEGORIES, TICKET_LIMITS, writeToTicket, type Requester, type Ticket, type TicketCategory, type Troubled,
} from '../../domain/support/index.ts';
import { loadLocation } from '../../domain/stations/index.ts';
import type { Services } from './catalogue.ts';
import { orderIdOf, type BecknOrder } from './order.ts';
import { isFields, type Fields } from './wire/index.ts';

/** What an app says of the trouble. */
export interface SaidTrouble {
  text?: string;
  /** words that tell what it is about, as `billing-dispute` */
  tags: readonly string[];
  requester: Requester;
}

/** A case, and who helps. */
export interface Help {
  ticket: Ticket;
  name: string;
  phone?: string;
  email?: string;
  url: string;
  hours?: string;
  /** what the operator has said last, where that is the newest of all */
  answer?: string;
}

/** What an order's case is about. */
export const troubledBy = (order: BecknOrder): Troubled => (order.reservationId === null ? { sessionId: orderIdOf(order)! } : { reservationId: order.reservationId });

/** What the message says of the trouble, wherever its generation has it. */
export function saidTrouble(message: unknown): SaidTrouble {
  const body = fieldsOf(message);
  const [support, feedback, descriptor] = [fieldsOf(body.support), fieldsOf(body.feedback), fieldsOf(fieldsOf(body.support).descriptor)];
  const text = firstText(2_000, feedback.comments, support.comments, support.text, support['schema:description'], descriptor.long_desc, descriptor.short_desc);
  const tags = Array.isArray(feedback.tags) ? feedback.tags.filter((tag): tag is string => typeof tag === 'string').slice(0, 20) : [];
  const [name, phone, email] = [
    firstText(200, support.name, support['schema:name']), firstText(40, support.callback_phone, support.phone, support['schema:telephone']),
    firstText(254, support.email, support['schema:email']),
  ];
  return { ...(text === undefined ? {} : { text }), tags, requester: { ...(name === undefined ? {} : { name }), ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }) } };
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const firstText = (most: number, ...values: unknown[]): string | undefined => values.find((value): value is string => typeof value === 'string' && value.trim() !== '')?.trim()
  .slice(0, most);

const NO_WORDS = 'The app asks for help, without a word of what it is.';

/**
 * Opens a case about an order or a plug; where one is not resolved yet, what is said belongs to that. So an app that only asks whom to call makes one case,
 * however often it asks.
 */
export async function askForHelp(acting: Context, services: Services, about: Troubled, said: SaidTrouble): Promise<Help> {
  const open = await findUnresolvedTicket(acting, about);
  if (open) return helpOf(acting, services, said.text === undefined || said.text === open.message.text ? open : await writeToTicket(acting, open.id, said.text));
  const { requester, text, tags } = said;
  const ticket = await openTicket(acting, about, {
    category: categoryOf([...tags, text ?? '']), text: (text ?? (tags.length > 0 ? tags.join(', ') : NO_WORDS)).slice(0, TICKET_LIMITS.text),
    ...(Object.keys(requester).length === 0 ? {} : { requester }),
  });
  return helpOf(acting, services, ticket);
}

/** By what its words are about; the first that tells it counts. */
const ABOUT: readonly (readonly [RegExp, TicketCategory])[] = [
  [/bill|pay|refund|invoice|charged/i, 'payment'], [/connector|cable|hardware|malfunction|broken|damage|display|plug/i, 'hardware'], [/charg|energy|interrupt/i, 'charging'],
  [/book|slot|reserv/i, 'reservation'], [/gate|access|park|blocked/i, 'access'],
];

function categoryOf(words: readonly string[]): TicketCategory {
  for (const word of words) {
    const named = TICKET_CATEGORIES.find((category) => category === word.toLowerCase());
    const found = named ?? ABOUT.find(([pattern]) => pattern.test(word))?.[1];
    if (found) return found;
  }
  return 'other';
}

/** The operator's own contact; what it does not say of itself, this provider's says. */
async function helpOf(acting: Context, services: Services, ticket: Ticket): Promise<Help> {
  const location = ticket.locationId === null ? undefined : await loadLocation(acting.tx, ticket.locationId);
  const contact = await supportContactOf(acting, ticket.operatorId, location ?? null);
  const operator = (await findOrganisation(acting.tx, ticket.operatorId))!;
  const [phone, email] = [contact.phone ?? services.support.phone, contact.email ?? services.support.email];
  return {
    ticket, name: location?.operator?.name ?? operator.name, url: contact.url ?? services.publicUrl(), ...(phone === undefined ? {} : { phone }),
    ...(email === undefined ? {} : { email }), ...(contact.hours === null ? {} : { hours: contact.hours }),
    ...(ticket.message.author === 'operator' ? { answer: ticket.message.text } : {}),
  };
}

/** Of these an app is told without asking (`on_support`): what its operator does with a case. */
const TOLD: readonly string[] = ['support_ticket.answered', 'support_ticket.updated', 'support_ticket.resolved', 'support_ticket.reopened'];

/** What there is to tell of an event; undefined where there is nothing. */
export async function helpToTell(acting: Context, services: Services, { type, objectId }: StoredEvent): Promise<Help | undefined> {
  return TOLD.includes(type) ? helpOf(acting, services, await getTicket(acting, objectId)) : undefined;
}
