import type { Action } from '../../src/domain/organisations/index.ts';
import type { Call } from './access-calls.ts';
import type { Json } from './api.ts';
import { pushSubscription } from './push-subscription.ts';
import { must, type World } from './world.ts';

const forbidden = () => 403;
const notFound = () => 404;

type ProgrammeAction = Extract<Action, `${'programme' | 'membership' | 'notice' | 'contact'}.${string}`>;
type Once = (name: string, make: () => Promise<Json>) => Promise<Json>;

/** About programmes of the world's operator, and memberships of a driver of its provider. */
export function programmeCalls(world: () => World, driverId: () => string, once: Once): Record<ProgrammeAction, Call[]> {
  const newProgramme = async (kind: string, member: object) => {
    const found = must(await world().operator.api.post('/v1/programmes', { kind, ref: `ref-${Math.random()}`, name: 'Green Drive' }));
    must(await world().operator.api.post(`/v1/programmes/${found.id}/members`, { members: [member] }));
    return found;
  };
  const programme = () => once('programme', () => newProgramme('loyalty', { member_number: 'M' }));
  const fleet = () => newProgramme('fleet', { phone: '+919845099999' });
  const membership = async () => {
    const { id } = await newProgramme('loyalty', { member_number: 'M' });
    return must(await world().provider.api.post(`/v1/drivers/${driverId()}/memberships`, { programme: id, member_number: 'M' }));
  };
  return {
    'programme.read': [
      { send: async (api) => api.get(`/v1/programmes/${(await programme()).id}`), refusal: forbidden },
      { send: (api) => api.get(`/v1/programmes?operator_id=${world().operator.organisation.id}`), refusal: forbidden },
    ],
    'programme.write': [
      { send: async (api) => api.patch(`/v1/programmes/${(await programme()).id}`, { name: 'Renamed' }), refusal: forbidden },
      { send: async (api) => api.post(`/v1/programmes/${(await programme()).id}/members`, { members: [{ member_number: `new-${Math.random()}` }] }), refusal: forbidden },
      { send: async (api) => api.post(`/v1/programmes/${(await programme()).id}/members/remove`, { members: [{ member_number: 'nobody' }] }), refusal: forbidden },
    ],
    'programme.read_members': [{ send: async (api) => api.get(`/v1/programmes/${(await programme()).id}/members`), refusal: forbidden }],
    'membership.read': [{ send: (api) => api.get(`/v1/drivers/${driverId()}/memberships`), refusal: notFound }],
    'membership.write': [
      { send: async (api) => api.post(`/v1/drivers/${driverId()}/memberships`, { programme: (await programme()).id, member_number: 'M' }), refusal: notFound },
      {
        send: async (api, { isOwn }) => {
          const { id } = await (isOwn ? membership() : once('membership', membership)); // a driver claims a few times an hour only
          return api.delete(`/v1/drivers/${driverId()}/memberships/${id}`);
        },
        refusal: notFound,
      },
    ],
    'contact.read': [
      { send: (api) => api.get(`/v1/drivers/${driverId()}/contact`), refusal: notFound },
      { send: (api) => api.get(`/v1/drivers/${driverId()}/notice_preferences`), refusal: notFound },
      { send: (api) => api.get(`/v1/drivers/${driverId()}/push_subscriptions`), refusal: notFound },
    ],
    'contact.write': [{
      send: (api) => api.put(`/v1/drivers/${driverId()}/contact`, { languages: ['en'] }), refusal: ({ isOwn, role }) => (isOwn && role === 'driver' ? 403 : 404),
    }],
    'contact.choose': [
      { send: (api) => api.put(`/v1/drivers/${driverId()}/notice_preferences`, {}), refusal: notFound },
      {
        send: async (api, { isOwn }) => {
          const subscribe = async () => must(await world().provider.api.post(`/v1/drivers/${driverId()}/push_subscriptions`, pushSubscription()));
          return api.delete(`/v1/drivers/${driverId()}/push_subscriptions/${(isOwn ? await subscribe() : await once('push subscription', subscribe)).id}`);
        },
        refusal: notFound,
      },
    ],
    'notice.read': [{
      send: async (api) => {
        await once('notice', async () => must(await world().provider.api.post(`/v1/drivers/${driverId()}/memberships`, { programme: (await fleet()).id, phone: '+919845099999' })));
        const answer = await api.get('/v1/sandbox/notices?limit=100');
        return answer.status === 200 && !(answer.body.data as Json[]).some((item) => item.driver === driverId()) ? { ...answer, status: 404 } : answer;
      },
      refusal: ({ role }) => (role === 'provider' ? 404 : 403),
    }],
  };
}
