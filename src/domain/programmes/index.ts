/** Loyalty programmes and fleets of operators, and the drivers who belong to them. */
export { MEMBERSHIP_STATUSES, PROGRAMME_KINDS, UNLOCKS, type Member, type Membership, type Programme } from './programme.ts';
export {
  changeProgramme, createProgramme, findOwnProgrammes, getProgramme, listProgrammes, loadProgrammes, retireProgramme, type ProgrammeInput,
} from './programmes.ts';
export { addMembers, listMembers, removeMembers, type MemberInput, type MemberName } from './members.ts';
export { claimMembership, endMembership, listMemberships, membershipsOf, programmesOf, verifyMembership, type Claim, type Outcome } from './memberships.ts';
export { purgeClaims } from './claims.ts';
