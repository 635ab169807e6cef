import type { Action } from '../../src/domain/organisations/index.ts';
import type { Call, Caller } from './access-calls.ts';
import type { Answer, Json } from './api.ts';
import { must, type Party, type World } from './world.ts';

interface Story {
  w(): World;
  place(): { id: string };
  /** the operator or provider whose things a caller calls for */
  ownerFor(caller: Caller): Party;
  once(name: string, make: () => Promise<Json>): Promise<Json>;
  shows(answer: Answer<Json>, wanted: (item: Json) => boolean): Answer<Json>;
  reserve(): Promise<Json>;
  session(): Promise<Json>;
}

const forbidden = (): number => 403;
const notFound = (): number => 404;
const unlessOwn = ({ isOwn }: Caller): number => (isOwn ? 403 : 404);

/** About ratings and cases of the world's driver at its operator's place. */
export function feedbackCalls({ w, place, ownerFor, once, shows, reserve, session }: Story): Record<
  Extract<Action, `${'rating' | 'ticket' | 'support_contact'}.${string}`>, Call[]
> {
  const ended = () => once('ended session', async () => {
    const { id } = await session();
    return must(await w().provider.api.post(`/v1/sandbox/sessions/${id}/end`));
  });
  const marks = { ratings: [{ category: 'overall', stars: 4 }] };
  const rating = () => once('rating', async () => must(await w().provider.api.post(`/v1/sessions/${(await ended()).id}/ratings`, marks)));
  const about = () => once('troubled', reserve);
  const asked = async () => ({ reservation: (await about()).id, category: 'hardware', text: 'The cable is stuck' });
  const ticket = () => once('ticket', async () => must(await w().provider.api.post('/v1/support_tickets', await asked())));
  return {
    'rating.read': [{ send: (api) => api.get(`/v1/locations/${place().id}/ratings`), refusal: forbidden }],
    'rating.list': [
      { send: async (api) => api.get(`/v1/ratings/${(await rating()).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await rating();
          return shows(await api.get('/v1/ratings?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'rating.write': [{ send: async (api) => api.post(`/v1/sessions/${(await ended()).id}/ratings`, marks), refusal: unlessOwn }],
    'rating.answer': [{ send: async (api) => api.put(`/v1/ratings/${(await rating()).id}/answer`, { answer: 'Thank you' }), refusal: unlessOwn }],
    'ticket.read': [
      { send: async (api) => api.get(`/v1/support_tickets/${(await ticket()).id}`), refusal: notFound },
      { send: async (api) => api.get(`/v1/support_tickets/${(await ticket()).id}/messages`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await ticket();
          return shows(await api.get('/v1/support_tickets?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
    ],
    'ticket.create': [{ send: async (api) => api.post('/v1/support_tickets', await asked()), refusal: unlessOwn }],
    'ticket.write': [
      { send: async (api) => api.post(`/v1/support_tickets/${(await ticket()).id}/messages`, { text: 'Still stuck' }), refusal: notFound },
      { send: async (api) => api.patch(`/v1/support_tickets/${(await ticket()).id}`, { status: 'resolved' }), refusal: notFound },
    ],
    'support_contact.write': [{
      ofOrganisation: true, refusal: ({ role }) => (role === 'operator' ? 404 : 403),
      send: async (api, caller) => {
        const answer = await api.patch('/v1/organisation', { support_contact: { phone: '1800 1080' } });
        return answer.status === 200 && answer.body.id !== ownerFor(caller).organisation.id ? { ...answer, status: 404 } : answer;
      },
    }],
  };
}
