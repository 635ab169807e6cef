/** Cases of support: drivers and apps ask, operators answer. */
export {
  TICKET_CATEGORIES, TICKET_LIMITS, TICKET_STATUSES, type Requester, type Ticket, type TicketCategory, type TicketMessage, type TicketStatus,
} from './ticket.ts';
export {
  findUnresolvedTicket, forgetRequesters, getTicket, listTicketMessages, listTickets, openTicket, setTicketStatus, supportContactOf, writeToTicket, type TicketInput, type Troubled,
} from './use-cases.ts';
