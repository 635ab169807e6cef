/** Notices of payment providers (webhooks): nothing that they say is believed, but the payment is looked up (PAY-26). They may come twice, late or out of order. */
import { notFound } from '../../platform/errors/index.ts';
import { openContext, type Runtime } from '../organisations/index.ts';
import { requestLookUp } from './calls.ts';
import * as store from './store-payments.ts';
import type { Providers } from './work.ts';

/**
 * Takes a notice: when this returns, the look-up is a durable job. Gives false for one about a payment that is not ours.
 * Throws `not_found` for a provider that is not configured, and `NoticeRefused` for a wrong signature.
 */
export async function takeNotice(runtime: Runtime, providers: Providers, providerId: string, headers: Record<string, string | undefined>, body: string): Promise<boolean> {
  const provider = providers.get(providerId);
  if (!provider) throw notFound('payment provider', providerId);
  const { paymentId, ref } = provider.readNotice(headers, body);
  const { database } = runtime;
  const found = (paymentId === undefined ? undefined : await store.findPayment(database, paymentId))
    ?? (ref === undefined ? undefined : await store.findByProviderRef(database, providerId, ref));
  if (found?.provider !== providerId) return false;
  await database.transaction(async (tx) => {
    const ctx = await openContext(runtime, { networkId: found.networkId, actor: { kind: 'system' } }, tx);
    await requestLookUp(ctx, (await store.lockPayment(tx, found.id))!);
  });
  return true;
}
