/** The demo network, for the command line that loads it. */
export { demoNetwork, type DemoNetwork, type DemoOrganisation, type DemoStory } from './network.ts';
export type { DemoPolicy } from './policy.ts';
export type { DemoLocation } from './site.ts';
export type { DemoDriver, DemoVehicle } from './drivers.ts';
export type { DemoRoute } from './route.ts';
export { ensureDemoKey, loadDemo } from './load.ts';
export { provisionDemoCards, provisionDemoStations, type DemoStation } from './stations.ts';
