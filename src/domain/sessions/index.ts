export { type Session } from './session.ts';
export { endSession, getSession, listSessions, nextSessionDeadline, startSession, sweepSessions, type StartInput } from './use-cases.ts';
