/** Networks of others: what drivers of ours find, buy and use there. It knows no protocol: those implement its port. */
export { listExternalNetworks, setExternalNetwork } from './networks.ts';
export type {
  ExternalConnector, ExternalNetwork, ExternalPlace, ExternalQuery, FoundConnector, FoundPlace, ToldPrice,
} from './place.ts';
export type { Customer, NetworkPort, NetworkPorts, Question } from './port.ts';
export {
  EXTERNAL_STATUSES, OPERATIONS, type ExternalReservation, type ExternalStatus, type Facts, type Live, type Operation, type Priced, type RefundTerm, type Settlement, type Told,
  type ToldCancellation, type ToldPayment,
} from './reservation.ts';
export { askExternal, EXTERNAL_JOB_KINDS, getExternalReservation, listExternalReservations, requestExternalQuote, type QuoteInput, type Wanted } from './reservations.ts';
export { beginExternalSearch, getExternalPlace, noteFound, readExternalSearch, type Answered } from './searches.ts';
export { giveUp, noteTold, startExternalWorker } from './told.ts';
