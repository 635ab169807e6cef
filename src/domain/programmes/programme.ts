import type { EpochMs } from '../../platform/clock/index.ts';

export const PROGRAMME_KINDS = ['loyalty', 'fleet'] as const;
export type ProgrammeKind = (typeof PROGRAMME_KINDS)[number];

/** How drivers are recognised: by their phone number, by a number of the programme, or by a one-time password sent to their phone. */
export const UNLOCKS = ['phone', 'member_number', 'otp'] as const;
export type Unlock = (typeof UNLOCKS)[number];

/** What some drivers belong to, so that offers can be for them. */
export interface Programme {
  id: string;
  networkId: string;
  operatorId: string;
  kind: ProgrammeKind;
  /** the operator's own id of it */
  ref: string;
  /** as drivers read it */
  name: string;
  description: string | null;
  /** of a fleet the password alone */
  unlockedBy: Unlock[];
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  retiredAt: EpochMs | null;
}

/** Whom the operator has registered; a phone number or a member number at least. */
export interface Member {
  id: string;
  programmeId: string;
  /** E.164 */
  phone: string | null;
  memberNumber: string | null;
  /** without spaces and dashes, in capitals */
  licensePlate: string | null;
  createdAt: EpochMs;
}

export const MEMBERSHIP_STATUSES = ['pending', 'active', 'ended'] as const;
export type MembershipStatus = (typeof MEMBERSHIP_STATUSES)[number];

/** A driver who is recognised as a member, or (pending) has yet to show a password. */
export interface Membership {
  id: string;
  networkId: string;
  /** the driver's provider */
  organisationId: string;
  driverId: string;
  programmeId: string;
  /** null where nobody is registered as that, which is told to nobody (PGM-4) */
  memberId: string | null;
  status: MembershipStatus;
  recognisedBy: Unlock;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
  activatedAt: EpochMs | null;
}
