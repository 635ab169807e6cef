export { simulatePolicy, type Simulation, type SimulationInput } from './simulate.ts';
export { type Recorded } from './recorded.ts';
export { combine, type Income, type Tally } from './tally.ts';
