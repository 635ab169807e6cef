/** What a wallet must have before a session that it pays for begins (PAY-49). */
import { DomainError } from '../../platform/errors/index.ts';
import { loadDriver } from '../drivers/index.ts';
import { findOrganisation, type Context } from '../organisations/index.ts';
import { findWallets } from './store-wallets.ts';

/**
 * The three checks of seed 003, in its words; whoever calls has made sure that the caller may. What counts is what is available, nothing held included.
 *
 * Throws `wallet_missing`, `currency_mismatch`, `minimum_balance_missing`.
 *
 * @param currency of the rate
 */
export async function requireStartBalance(ctx: Context, driverId: string, currency: string): Promise<void> {
  const wallets = await findWallets(ctx.tx, driverId);
  if (wallets.length === 0) throw new DomainError('wallet_missing', 'User does not have a wallet');
  const wallet = wallets.find((one) => one.currency === currency);
  if (!wallet) throw new DomainError('currency_mismatch', 'Wallet currency does not match the rate currency', { currency: currency.toLowerCase() });
  const { organisationId } = (await loadDriver(ctx.tx, driverId))!;
  const { minimumBalanceMinor } = (await findOrganisation(ctx.tx, organisationId))!;
  const availableMinor = wallet.postedMinor - wallet.pendingOutMinor;
  if (availableMinor >= minimumBalanceMinor) return;
  throw new DomainError('minimum_balance_missing', 'User does not have minimum balance', { available: Number(availableMinor), minimum_balance: Number(minimumBalanceMinor) });
}
