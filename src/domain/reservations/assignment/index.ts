/** Which of many flexible requests get which slots: a problem in, a plan out. Pure: no database, no clock. */
export { assign, solveNeighbourhood } from './assign.ts';
export { assignInWorker, neighbourhoodsInWorker } from './in-worker.ts';
export { likelihoodOf } from './likelihood.ts';
export { neighbourhoods } from './neighbourhoods.ts';
export { EFFORTS, UNASSIGNED_REASONS } from './problem.ts';
export type {
  Assigned, Assignment, AssignmentConnector, AssignmentEvse, AssignmentOptions, AssignmentProblem, AssignmentRequest, AssignmentResult, Effort, KeptFrom, Tried, Unassigned,
  UnassignedReason, WhyAssigned,
} from './problem.ts';
export { evsesInAreas, problemOfStated, spanOf, STATED_LIMITS, stepsOf, type StatedLocation, type StatedProblem } from './stated.ts';
export { timetables, type Timetables } from './timetables.ts';
