/** An order of the open network: a transaction of an app, and the reservation (or walk-in's session) of ours that it is. */
import type { Answered } from './exchange/index.ts';
import type { Fields, Generation } from './wire/index.ts';

export interface BecknOrder {
  networkId: string;
  /** the app (BAP) */
  subscriberId: string;
  transactionId: string;
  generation: Generation;
  /** acts for the app in our network */
  organisationId: string;
  /** the order's id, once there is one (see {@link orderIdOf}) */
  reservationId: string | null;
  /** of a walk-in, which has no reservation */
  sessionId: string | null;
  /** the newest request: callbacks that nobody asked for go to its sender */
  asked: Answered;
  /** what was said so far and the network has no place for, in the words of the generation */
  details: Fields;
  /** what the app was told last without asking */
  told: string | null;
}

/** The id by which both sides name it: that of its reservation or session, so that it is the same through every protocol. */
export const orderIdOf = ({ reservationId, sessionId }: Pick<BecknOrder, 'reservationId' | 'sessionId'>): string | undefined => reservationId ?? sessionId ?? undefined;
