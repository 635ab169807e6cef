export { advanceTestClock } from './advance.ts';
export { startSweeper, sweepAll } from './sweeper.ts';
