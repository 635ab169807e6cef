/** Money that moves: the ledger, and drivers' wallets on it. */
export type { Account, AccountKey, AccountKind } from './account.ts';
export { PHASES, REASONS, type Leg, type Phase, type Reason, type Transfer } from './transfer.ts';
export { correct, openAccount, pend, post, transfer, transfersAbout, voidPending, type TransferInput } from './ledger.ts';
export { balanceOf, entriesOf, trialBalance, type TrialBalance } from './balances.ts';
export type { Entry, EntryPage } from './store-balances.ts';
export type { Wallet } from './wallet.ts';
export {
  addTestCredit, captureHold, creditWallet, getWallet, holdFromWallet, listWalletEntries, listWallets, releaseHold, walletStatement, type Statement, type WalletCredit,
  type WalletHold,
} from './wallets.ts';
