/** Which networks of others there are. Whoever runs the installation says so. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, requireAccess, type Context } from '../organisations/index.ts';
import type { ExternalNetwork } from './place.ts';
import type { NetworkPort, NetworkPorts } from './port.ts';
import * as store from './store-places.ts';

/** EXT-1: adds one, or changes the one with that ref. For the system only. */
export async function setExternalNetwork(ctx: Context, told: Pick<ExternalNetwork, 'ref' | 'kind' | 'name' | 'settings'>): Promise<ExternalNetwork> {
  if (ctx.actor.kind !== 'system') throw new DomainError('forbidden', 'Networks are set up by who runs the installation.');
  const network = await store.putNetwork(ctx.tx, { ...told, id: newId('externalNetwork'), networkId: ctx.network.id, createdAt: ctx.now, updatedAt: ctx.now });
  await audit(ctx, 'external_network.set', 'external_network', network.id, { ref: told.ref });
  return network;
}

export async function listExternalNetworks(ctx: Context): Promise<ExternalNetwork[]> {
  requireAccess(ctx, 'external_network.search');
  return store.listNetworks(ctx.tx, ctx.network.id);
}

export async function getExternalNetwork(ctx: Context, id: string): Promise<ExternalNetwork> {
  const network = await store.findNetwork(ctx.tx, id);
  if (network?.networkId !== ctx.network.id) throw notFound('external network', id);
  return network;
}

/** Throws `unavailable` where nothing here speaks its protocol now. */
export function portOf(ports: NetworkPorts, { kind, name }: ExternalNetwork): NetworkPort {
  const port = ports.get(kind);
  if (!port) throw new DomainError('unavailable', `${name} can not be asked: this server does not take part in it now.`);
  return port;
}
