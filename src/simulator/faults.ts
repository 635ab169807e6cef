/** What is wrong with a station. All of it has been seen at real ones; without any, a station does what the specification says. */
export interface Faults {
  /** its clock is wrong by so much, whatever the central system says */
  clockOffsetMs?: number;
  /** its clock has no battery: after a power loss it begins in 1970, until it is told the time */
  clockForgets?: boolean;
  /** messages of transactions come twice: with the same message id, or with a new one */
  duplicates?: 'same_id' | 'new_id';
  /** 1.6: a transaction that began offline is ended with this transactionId instead of the one that it was given */
  offlineTransactionId?: 0 | -1;
  /** the meter's register is at 0 after a power loss, so below where the transaction began */
  meterForgets?: boolean;
  /** this share of the samples during a transaction is never sent; their sequence numbers are missing */
  dropsUpdates?: number;
  /** 2.x: what was kept while it was offline comes without saying so, and its end without meter values */
  hidesOffline?: boolean;
  /** what was kept drains slowly: so long between two messages, each time so many times longer; transactions that begin later may overtake */
  slowDrain?: { gapMs: number; growth?: number; liveOvertakes?: boolean };
  /** accepts reservations, and never says Reserved */
  reservesSilently?: boolean;
  /** accepts reservations that have expired already, without making them */
  acceptsPastReservations?: boolean;
  /** forgets reservations that expire without telling; they can't be cancelled any more */
  expiresSilently?: boolean;
  /** does not let reservations expire at all */
  neverExpires?: boolean;
  /** another tag may start at a reserved connector, at the station */
  ignoresReservations?: boolean;
  /** another tag may start at a reserved connector, by remote start */
  remoteStartIgnoresReservations?: boolean;
  /** says Occupied when the tag has another reservation here */
  oneReservationPerTag?: boolean;
  /** reservations are gone after a reboot */
  forgetsReservations?: boolean;
  /** charging profiles are refused */
  rejectsProfiles?: boolean;
  /** charging profiles are accepted, and not followed */
  ignoresProfiles?: boolean;
  /** actions that are answered NotSupported (2.x: NotSupported, too) */
  unsupportedActions?: string[];
  /** settings that it does not know, or knows and does not let change */
  unknownSettings?: string[];
  readOnlySettings?: string[];
  /** answers none of the central system's calls */
  isDeaf?: boolean;
}
