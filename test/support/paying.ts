/** What tests of money have in common: drivers who pay on the sandbox's page, and a wait for what happens by itself. */
import { expect } from 'vitest';
import { trialBalance } from '../../src/domain/payments/index.ts';
import type { Json } from './api.ts';
import { MINUTE, must, type Place, type World } from './world.ts';

export const FEE = { currency: 'inr', fixed: 0, per_minute: 0, deposit: 0, credited: false };

/** A price per kWh, and a flat one. */
export const tariffOf = (price: string, flat?: string) => ({
  ref: `T-${price}-${flat ?? 0}`, name: 'Rate', currency: 'inr', is_default: true,
  elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }, ...(flat === undefined ? [] : [{ type: 'FLAT', price: flat, step_size: 1 }])] }],
});

export function payingIn(world: () => World) {
  const call = async (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, body?: object): Promise<Json> => (
    must(await world().provider.api[method](path, body)));
  /** Jobs run by themselves in tests, the sweeper does not. */
  const until = async <T>(look: () => Promise<T | undefined | false>): Promise<T> => {
    for (let i = 0; i < 200; i++) {
      await world().sweep();
      const found = await look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('it never came');
  };
  const onPage = async (url: string, choice: string): Promise<void> => {
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ choice }), redirect: 'manual' });
    expect(answer.status).toBeLessThan(400);
  };
  const paymentOnce = (id: string, status: string) => until(async () => {
    const found = await call('get', `/v1/payments/${id}`);
    return found.status === status && !found.is_busy && found;
  });
  const topUpOnce = (id: string, status: string) => until(async () => {
    const found = await call('get', `/v1/top_ups/${id}`);
    return found.status === status && found;
  });
  return {
    call, until, onPage, paymentOnce, topUpOnce,
    /** An operator of its own, with one price, and a place with a policy. */
    priced: async (tariff: object, policy: object = {}): Promise<Place> => {
      const by = await world().addOrganisation({ roles: ['operator'] });
      must(await by.api.post('/v1/tariffs', tariff));
      return world().place({ by, policy: { fee: FEE, early_start_minutes: 60, ...policy } });
    },
    credit: (driver: string, amount: number) => call('post', `/v1/drivers/${driver}/wallets/inr/credits`, { amount }),
    walletOf: async (driver: string) => {
      const { balance, held } = await call('get', `/v1/drivers/${driver}/wallets/inr`);
      return { balance, held };
    },
    billOf: async (id: string): Promise<Json> => (await call('get', `/v1/bills?for=${id}`)).data[0],
    used: async (reservation: Json, energyWh: number): Promise<Json> => {
      await world().advanceTo(Date.parse(reservation.reserved_start) + MINUTE);
      const session = await call('post', '/v1/sandbox/sessions', { reservation: reservation.id });
      await world().advance(10 * MINUTE);
      return call('post', `/v1/sandbox/sessions/${session.id}/end`, { energy_wh: energyWh });
    },
    /** Tops the driver's wallet up on the page, which saves the card; gives its id. */
    savedBy: async (driver: string, choice: 'pay' | 'save_declined' = 'pay', amount = 1_000): Promise<string> => {
      const { id, url } = await call('post', '/v1/top_ups', { driver, currency: 'inr', amount, method: 'payment_link', save_payment_method: true });
      await onPage(url, choice);
      return (await topUpOnce(id, 'completed')).payment.payment_method;
    },
    balanced: async () => {
      const { unbalanced, wrong } = await trialBalance(world().db.database, world().network.id);
      expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
    },
  };
}
