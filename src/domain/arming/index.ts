export { noteArmingOutcome, noteBooted, noteOnline, noteReservationGone, noteStation } from './notes.ts';
export { findEnforcement, type StationEnforcement } from './settle-settings.ts';
export { nextArming, sweepArming } from './sweep.ts';
