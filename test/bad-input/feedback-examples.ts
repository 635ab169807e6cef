/** Requests about ratings and cases of support that are accepted. */
import type { Example, Examples } from './example.ts';
import type { World } from './world.ts';

const page = (cursor: string): Example[] => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

const MARKS = { ratings: [{ category: 'overall', stars: 4, comment: 'Clean and fast', tags: ['fast'] }, { category: 'amenities', stars: 2, comment: null }] };

const ended = async ({ make }: World): Promise<{ res: string; ses: string }> => {
  const used = await make.used();
  await make.call('POST', `/v1/sandbox/sessions/${used.ses}/end`, { energy_wh: 1_000 });
  return used;
};

const asked = (reservation: string) => ({ reservation, category: 'hardware', text: 'The cable is stuck' });
const ticket = async ({ make }: World): Promise<string> => (await make.call('POST', '/v1/support_tickets', asked(await make.hold(await make.site())))).id;

export const feedback: Record<string, Examples> = {
  rateReservation: async (world) => [{ id: (await ended(world)).res, body: MARKS }],
  rateSession: async (world) => [{ id: (await ended(world)).ses, body: MARKS }],
  listLocationRatings: ({ ours }) => page(ours.rat).map((example) => ({ ...example, id: ours.loc })),
  listRatings: ({ ours }) => [...page(ours.rat), { query: { location_id: ours.loc, evse: ours.evse, reservation: ours.res, session: ours.ses } }],
  getRating: ({ ours }) => [{ id: ours.rat }],
  answerRating: ({ ours }) => [{ id: ours.rat, body: { answer: 'Thank you' } }, { id: ours.rat, body: { answer: null } }],
  openSupportTicket: async ({ make, ours }) => [
    { body: { ...asked(await make.hold(await make.site())), requester: { name: 'Asha', phone: '+91 98450 12345', email: 'asha@example.org' } } },
    { body: { session: ours.ses, category: 'payment', text: 'Too much' } }, { body: { connector: ours.con, category: 'access', text: 'The gate is shut' } },
  ],
  listSupportTickets: ({ ours }) => [...page(ours.tkt), { query: { status: 'open', reservation: ours.res, session: ours.ses, reference: 'SUP-20261121-7K3QX' } }],
  getSupportTicket: ({ ours }) => [{ id: ours.tkt }],
  updateSupportTicket: async (world) => [{ id: await ticket(world), body: { status: 'resolved' } }],
  writeSupportMessage: async (world) => [{ id: await ticket(world), body: { text: 'Still stuck' } }],
  listSupportMessages: ({ ours }) => page(ours.tkm).map((example) => ({ ...example, id: ours.tkt })),
};
