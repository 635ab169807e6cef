import type { Action } from '../../src/domain/organisations/index.ts';
import type { Call } from './access-calls.ts';
import type { Json } from './api.ts';
import { must, type World } from './world.ts';

const forbidden = () => 403;
const notFound = () => 404;

type ExternalAction = Extract<Action, `external_${string}`>;
type Once = (name: string, make: () => Promise<Json>) => Promise<Json>;

/** About a network of others, and what a driver of the world's provider has bought there. */
export function externalCalls(world: () => World, driverId: () => string, once: Once): Record<ExternalAction, Call[]> {
  const connector = () => once('external connector', async () => {
    const network = await world().addExternalNetwork();
    const { data } = must(await world().provider.api.get(`/v1/search?latitude=52.5&longitude=13.37&radius=100000&external_network=${network}`));
    return (data as Json[]).find((found) => found.network === network).evses[0].connectors[0];
  });
  const quoted = async () => must(await world().provider.api.post('/v1/external_reservations', { connector: (await connector()).id, driver: driverId() }));
  return {
    'external_network.search': [{ send: (api) => api.get('/v1/external_networks'), refusal: forbidden }],
    'external_reservation.create': [{
      send: async (api) => api.post('/v1/external_reservations', { connector: (await connector()).id, driver: driverId() }),
      refusal: ({ role }) => (role === 'provider' ? 404 : 403), // it is the driver whom another provider does not find
    }],
    'external_reservation.read': [{ send: async (api) => api.get(`/v1/external_reservations/${(await once('quoted', quoted)).id}`), refusal: notFound }],
    'external_reservation.change': [{ send: async (api) => api.post(`/v1/external_reservations/${(await quoted()).id}/hold`), refusal: notFound }],
  };
}
