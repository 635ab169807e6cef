export { cancelQuote, type CancelQuote } from './cancel-quote.ts';
export { type Alternatives, type FreeSlot } from './free-slot.ts';
export {
  announceLate, cancelReservation, confirmReservation, extendReservation, leaveEarly, moveReservation, quoteCancellation, updateReservation,
  type MoveInput, type ReservationUpdate,
} from './change.ts';
export { createReservation, type ReservationInput } from './create.ts';
export { type FlexibleInput } from './flexible/create-flexible.ts';
export { type WishChange } from './flexible/change-wish.ts';
export { settleAssignment } from './flexible/assign-now.ts';
export { takeOverAll } from './flexible/leases.ts';
export { assignAll, assignDue, nextAssignment } from './flexible/planner.ts';
export { completeReservation, keepForStart, markInUse, nextReservationDeadline, sweepReservations } from './deadlines.ts';
export { doMoney, followPayment } from './follow-payments.ts';
export { lockFree, noteEnforcement } from './enforce.ts';
export { loseEvse } from './fail.ts';
export { lookAtPayment, paymentDue, payReservation, requireCovered, wayToPay, type PayInput, type PaymentDue } from './pay.ts';
export { estimateOf, feesOf, rulesOf } from './price.ts';
export {
  assign, EFFORTS, evsesInAreas, problemOfStated, spanOf, STATED_LIMITS, stepsOf, UNASSIGNED_REASONS, type Assigned, type Assignment, type AssignmentProblem,
  type AssignmentResult, type Effort, type KeptFrom, type StatedLocation, type StatedProblem, type Tried,
} from './assignment/index.ts';
export { requireOneVoice } from './flexible/fitting-wish.ts';
export { FLEXIBLE_LIMITS, requireSoundWindow } from './flexible/wish.ts';
export { getLocationPolicy, getOperatorPolicy, policyInForce, setLocationPolicy, setOperatorPolicy, type PolicyInForce } from './policies.ts';
export { DEFAULT_POLICY, freeUntilBeforeSeconds, requireConsistentPolicy, reservationFeeMinor, type BookingPolicy, type PolicyVersion } from './policy.ts';
export { findToStart, getReservation, isOnDriverSide, listReservations, lockForChange, requirePossible, type ReservationQuery } from './read.ts';
export { combine, simulatePolicy, type Recorded, type Simulation, type SimulationInput, type Tally } from './simulation/index.ts';
export { enforcementOf, ENFORCEMENTS, FAILED_REASONS, STATUSES, type Enforcement, type Reservation, type Status } from './reservation.ts';
export { nextCollisionOf, nextSettlingOf, settleConflict } from './settle.ts';
export { type Refusal } from './refusal.ts';
export { requireOrder, wantedEnergyWh } from './times.ts';
export { purgeRefusals, REFUSAL_NOTES } from './refusals.ts';
export { insertRefusals } from './store-refusals.ts';
export { locate, locateAll, locateConnector, type Located } from './locate.ts';
export { listFreeSlots, listFreeSlotsOfAll, type KnownPlace, type SlotQuery } from './slots.ts';
export { listCurrentPolicies } from './store.ts';
export { checkStartOtp, sendStartOtp } from './start-otp.ts';
export { walkInEnd, walkInHorizon } from './walk-ins.ts';
export { mostBookable } from './walk-in-share.ts';
export { claimOffer, leaveWaitlist, skipOffer } from './waitlist/change.ts';
export { WAITLIST_STATUSES, type Offer, type WaitlistEntry } from './waitlist/entry.ts';
export { joinWaitlist, type WaitlistInput } from './waitlist/join.ts';
export { offerFreedTime } from './waitlist/offer.ts';
export { getWaitlistEntry, listWaitlist, withStandings, type WaitlistEntryNow } from './waitlist/read.ts';
export { nextWaitlistDeadline, settleWaitlist, sweepWaitlist } from './waitlist/sweep.ts';
