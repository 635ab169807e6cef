/** Money that moves: the ledger, and drivers' wallets on it. */
export type { Account, AccountKey, AccountKind } from './account.ts';
export { PHASES, REASONS, type Leg, type Phase, type Reason, type Transfer } from './transfer.ts';
export { correct, openAccount, pend, post, transfer, transfersAbout, voidPending, type TransferInput } from './ledger.ts';
export { balanceOf, entriesOf, getAccount, listAccountEntries, listAccounts, trialBalance, type TrialBalance } from './balances.ts';
export type { AccountNow, Entry, EntryPage } from './store-balances.ts';
export type { Wallet } from './wallet.ts';
export {
  addTestCredit, captureHold, compensate, creditWallet, getWallet, holdFromWallet, listWalletEntries, listWallets, releaseHold, walletStatement, type Statement, type WalletCredit,
  type WalletHold,
} from './wallets.ts';
export { METHODS, PAID_OBJECTS, PAYMENT_STATUSES, TIMINGS, heldMinor, isEnded, paymentEvent, type Method, type Payment, type PaymentDetails, type PaymentEventData,
  type Refund } from './payment.ts';
export { noteTerminalSettlement } from './terminal.ts';
export type { TerminalSettlement } from './payment.ts';
export { beginPayment, type PaymentDraft } from './begin.ts';
export {
  cancelPayment, captureByHand, findUntoldPayment, getPayment, listPayments, lockPaymentsOf, lookUpPayment, markPaid, markTold, movePayments, paymentsOf, refundByHand,
    type PaymentWithRefunds,
} from './payments.ts';
export { listPaymentMethods, preferPaymentMethod, removePaymentMethod, requirePaymentMethod } from './payment-methods.ts';
export type { PaymentMethod, PaymentMethodEventData } from './payment-method.ts';
export { createTopUp, getTopUp, listTopUps, type TopUpInput, type TopUpWithPayment } from './top-ups.ts';
export { TOP_UP_STATUSES, TOP_UP_TYPES, type TopUp } from './top-up.ts';
export { getAutoTopUp, setAutoTopUp, topUpLowWallet, type AutoTopUpInput } from './auto-top-ups.ts';
export type { AutoTopUp } from './auto-top-up.ts';
export { askForSilent, PAYMENT_JOB_KINDS, reviveCalls } from './calls.ts';
export { startPaymentWorker, type Providers } from './work.ts';
export { takeNotice } from './notices.ts';
export { raiseHold } from './raise.ts';
export { expirePayments, nextPaymentExpiry } from './expire.ts';
export { billObject, settleObject, type BillInput } from './settle.ts';
export { debtOf } from './debt.ts';
export { accrueFinderFee } from './finder-fees.ts';
export { followOutstanding, listOutstanding, payOutstanding, type Outstanding } from './outstanding.ts';
export { assignStatementLine, listStatementLines, takeStatement } from './bank-statements.ts';
export type { StatementLine } from './bank-statement.ts';
export { requireStartBalance } from './start-balance.ts';
export { billContent, billFees, EMPTY_BILL, type BillContent, type BillEventData, type ObjectBill } from './bill.ts';
export { getBill, listBills, lockBillToInvoice, noteInvoiced } from './bills.ts';
export {
  NoticeRefused, ProviderRefusal, type ChangeRequest, type PaymentProvider, type ProviderPayment, type ProviderRefund, type StartRequest,
} from './provider.ts';
export { reconcile, type Reconciliation } from './reconcile.ts';
export type { Difference } from './compare.ts';
