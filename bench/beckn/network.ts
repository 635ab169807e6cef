import { createRule } from '../../src/domain/pricing/index.ts';
import { evsesOf } from '../../src/domain/stations/index.ts';
import { makeSearchNetwork } from '../http/search-network.ts';
import type { Generated } from '../search/generate.ts';

/** Connectors that orders are about: as many as a process keeps in mind while it answers apps of some towns. */
const ORDERED = 2_000;

/** Fills an empty database with the network of `bench search`, and with a price; gives connectors to select. */
export async function makeBecknNetwork(databaseUrl: string, generated: Generated): Promise<string[]> {
  const { locations } = await makeSearchNetwork(databaseUrl, generated, async (ctx) => {
    await createRule(ctx, 'tariff', 'standard', {
      name: 'Standard', isDefault: true, currency: 'INR', elements: [{ components: [{ type: 'ENERGY', price: '18', stepSize: 1 }] }], serviceFee: { price: { amount: '10' } },
    });
  });
  const connectors = locations.flatMap((location) => evsesOf(location).flatMap((evse) => evse.connectors.map(({ id }) => id)));
  const step = Math.max(1, Math.floor(connectors.length / ORDERED));
  return connectors.filter((_id, i) => i % step === 0);
}
