/** Money that moves: the ledger, and drivers' wallets on it. */
export type { Account, AccountKey, AccountKind } from './account.ts';
export type { Leg, Phase, Reason, Transfer } from './transfer.ts';
export { correct, openAccount, pend, post, transfer, transfersAbout, voidPending, type TransferInput } from './ledger.ts';
export { balanceOf, entriesOf, trialBalance, type TrialBalance } from './balances.ts';
export type { Entry, EntryPage } from './store-balances.ts';
export type { Wallet } from './wallet.ts';
