import type { EpochMs } from '../../platform/clock/index.ts';

/** What a driver shows to a charging station: a card, or what their app stands for. */
export interface Token {
  id: string;
  networkId: string;
  organisationId: string;
  driverId: string;
  kind: 'app' | 'rfid';
  /** unique in the network, in capitals */
  uid: string;
  /** shared by all tokens of a driver: a station lets one of them end what another began */
  groupUid: string;
  label: string | null;
  isBlocked: boolean;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** As stations differ in how they spell the same card. */
export function normalUid(uid: string): string {
  return uid.trim().toUpperCase();
}
