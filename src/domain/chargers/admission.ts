/** Who may connect as a charging station. Nothing is written here. */
import type { Queryable } from '../../platform/database/index.ts';
import { IDENTITY_FORM, type StationIdentity } from './identity.ts';
import { isPassword } from './password.ts';
import * as store from './store-identities.ts';
import { findPolicy } from './store-onboarding.ts';

/** What a station shows when it connects. */
export interface Presented {
  /** id or slug */
  operator: string;
  identity: string;
  password?: Uint8Array;
  /** names in the client certificate that whoever ended the TLS has verified */
  certificateNames: readonly string[];
  /** over TLS, all the way to whom we trust */
  isSecure: boolean;
}

export type Admission =
  | { kind: 'admitted'; identity: StationIdentity }
  | { kind: 'pending'; operatorId: string; networkId: string }
  | { kind: 'unknown_operator' | 'unknown_station' | 'not_authenticated' | 'tls_required' };

/** Whether a station may connect, by its security profile (OCPP-3). In a live network nobody comes in without proof unless `allowOpen`. */
export async function admit(db: Queryable, presented: Presented, allowOpen: boolean): Promise<Admission> {
  const operators = await store.findOperators(db, presented.operator);
  if (operators.length === 0) return { kind: 'unknown_operator' };
  if (!IDENTITY_FORM.test(presented.identity)) return { kind: 'unknown_station' };
  const found = await store.findByIdentity(db, operators.map(({ operatorId }) => operatorId), presented.identity);
  const operator = operators.find(({ operatorId }) => found.some((identity) => identity.operatorId === operatorId));
  if (!operator) return unknown(db, operators);
  const identity = found.find(({ operatorId }) => operatorId === operator.operatorId)!;
  const failure = await failureOf(identity, presented, allowOpen || operator.mode === 'sandbox');
  return failure ? { kind: failure } : { kind: 'admitted', identity };
}

async function unknown(db: Queryable, operators: readonly store.KnownOperator[]): Promise<Admission> {
  for (const { operatorId, networkId } of operators) {
    if ((await findPolicy(db, operatorId)) === 'pending') return { kind: 'pending', operatorId, networkId };
  }
  return { kind: 'unknown_station' };
}

async function failureOf(identity: StationIdentity, presented: Presented, allowOpen: boolean): Promise<'not_authenticated' | 'tls_required' | undefined> {
  const { securityProfile, passwordHash } = identity;
  if (securityProfile === 0) return allowOpen ? undefined : 'not_authenticated';
  if (securityProfile !== 1 && !presented.isSecure) return 'tls_required';
  if (securityProfile === 3) return presented.certificateNames.includes(identity.identity) ? undefined : 'not_authenticated';
  return presented.password !== undefined && (await isPassword(presented.password, passwordHash!)) ? undefined : 'not_authenticated';
}
