/** What a protocol implements, so that drivers can buy in the networks that speak it. It only writes down what is to be sent: answers come as what is `told`. */
import type { Context } from '../organisations/index.ts';
import type { ExternalNetwork, ExternalQuery } from './place.ts';
import type { ExternalReservation } from './reservation.ts';

/** Who charges, as far as the provider has to know. */
export interface Customer {
  name: string | null;
  phone: string | null;
  email: string | null;
  /** whom the provider invoices, where it is a business */
  taxId?: string;
  organisation?: string;
}

export type Question =
  | { operation: 'quote' }
  | { operation: 'hold'; customer: Customer }
  | { operation: 'confirm'; customer: Customer; otp?: string }
  | { operation: 'start'; otp?: string }
  | { operation: 'stop' | 'status' | 'track' | 'cancel_quote' | 'support' }
  | { operation: 'cancel'; reason?: string }
  | { operation: 'rate'; category: string; value: number; feedback: string | null };

export interface NetworkPort {
  /** Has the network asked, within the transaction. Throws `invalid_request` for a network that is not configured as it should be. */
  search(ctx: Context, network: ExternalNetwork, conversationId: string, query: ExternalQuery): Promise<void>;
  /** Has the provider asked, within the transaction. Gives what its answer will refer to. Throws `not_supported` for what the network has no words for. */
  ask(ctx: Context, network: ExternalNetwork, reservation: ExternalReservation, question: Question): Promise<string>;
}

/** By the kind of network. */
export type NetworkPorts = ReadonlyMap<string, NetworkPort>;
