/** The calls by which the access table is tried, as far as they are about what is issued. */
import type { Action, Role } from '../../src/domain/organisations/index.ts';
import type { Answer, Api, Json } from './api.ts';
import { issue } from './invoice-bed.ts';
import { must, type Party, type World } from './world.ts';

export interface Caller {
  name: string;
  role: Role;
  /** whether what the calls are about belongs to this caller, in its role */
  isOwn: boolean;
}

export interface Call {
  send(api: Api, caller: Caller): Promise<Answer<Json>>;
  /** with which status a caller with a key is refused */
  refusal(caller: Caller): number;
  /** and one without */
  publicRefusal?: number;
  /** it is about an organisation's own things: each calls for its own, or for somebody else's */
  ofOrganisation?: boolean;
}

const LEGAL_PROFILE = '/v1/organisation/legal_profile';
const PROFILE = { legal_name: 'Hafenstrom GmbH', address: { line: 'Hafenplatz 1', city: 'Berlin', country: 'DE' } };

interface Story {
  w(): World;
  driver(): string;
  /** the organisation whose things a caller calls for */
  ownerFor(caller: Caller): Party;
  once(name: string, make: () => Promise<Json>): Promise<Json>;
  shows(answer: Answer<Json>, wanted: (item: Json) => boolean): Answer<Json>;
}

/** What an operator has sold to a provider's driver. */
export function invoiceCalls({ w, driver, ownerFor, once, shows }: Story): Record<Extract<Action, `invoice.${string}` | `legal_profile.${string}`>, Call[]> {
  const invoice = (seller: Party = w().operator): Promise<Json> => issue(w(), seller.organisation.id, { buyer: { driverId: driver() } });
  /** An answer about another organisation than was looked for is as good as "not found". */
  const ofOwner = (answer: Answer<Json>, caller: Caller): Answer<Json> =>
    answer.status === 200 && answer.body.organisation !== ownerFor(caller).organisation.id ? { ...answer, status: 404 } : answer;
  const notFound = (): number => 404;
  const refusal = ({ role }: Caller): number => (role === 'driver' ? 403 : 404);
  return {
    'invoice.read': [
      { send: async (api) => api.get(`/v1/invoices/${(await once('invoice', invoice)).id}`), refusal: notFound },
      {
        send: async (api) => {
          const { id } = await once('invoice', invoice);
          return shows(await api.get('/v1/invoices?limit=100'), (item) => item.id === id);
        },
        refusal: notFound,
      },
      { send: async (api) => api.get(`/v1/invoices/${(await once('invoice', invoice)).id}/invoice.pdf`), refusal: notFound },
      { send: async (api) => api.post(`/v1/invoices/${(await once('invoice', invoice)).id}/links`), refusal: notFound },
      { send: async (api) => api.delete(`/v1/invoices/${(await invoice()).id}/links`), refusal: notFound },
    ],
    'invoice.credit': [{
      send: async (api, caller) => api.post(`/v1/invoices/${(await invoice(ownerFor(caller))).id}/credit_notes`, { reason: 'broken' }),
      refusal: ({ isOwn, role }) => (isOwn && role === 'driver' ? 403 : 404),
    }],
    'legal_profile.read': [{
      ofOrganisation: true, refusal,
      send: async (api, caller) => {
        const owner = ownerFor(caller);
        await once(`profile ${owner.organisation.id}`, async () => must(await owner.api.send('PUT', LEGAL_PROFILE, PROFILE)));
        return ofOwner(await api.get(LEGAL_PROFILE), caller);
      },
    }],
    'legal_profile.write': [{ ofOrganisation: true, refusal, send: async (api, caller) => ofOwner(await api.send('PUT', LEGAL_PROFILE, PROFILE), caller) }],
  };
}
