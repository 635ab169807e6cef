/** Virtual charging stations: clients of the real socket, for tests, demonstrations and whoever wants to try a central system. */
export { createSteppedClock, startClock, type SimClock, type SteppedClock } from './clock.ts';
export { createFleet, type FleetSummary } from './fleet.ts';
export type { ConnectorOptions, SimEvent, StationOptions } from './model.ts';
export { narrate } from './narrate.ts';
export type { Protocol } from './protocol.ts';
export { takePlaces } from './provision.ts';
export { play, readScenario, type Scenario } from './scenario.ts';
export { SCENARIOS } from './scenarios.ts';
export { createStation, type VirtualStation } from './station.ts';
export { startTraffic } from './traffic.ts';
