export { advanceTestClock, startSweeper, sweepAll } from './sweeper.ts';
