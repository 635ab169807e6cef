/** Whatever is sent to the program: what is wrong with it is answered with a problem, and changes nothing. */
import { afterAll, beforeAll, describe } from 'vitest';
import { openTestEmbedded } from '../support/databases.ts';
import { oddCallers } from './callers.ts';
import { ownDocument } from './document.ts';
import { oddValues } from './odd-values.ts';
import { onlyOnce } from './once.ts';
import { brokenRequests } from './operations.ts';
import { daysOnWhichClocksChange, edgesOfTheMap } from './places-and-days.ts';
import { openWorld, type World } from './world.ts';

let opened: World;
const world = () => opened;
beforeAll(async () => {
  opened = await openWorld(await openTestEmbedded());
});
afterAll(() => opened.close());

describe('every operation', () => brokenRequests(world));
describe('the OpenAPI document', () => ownDocument(world));
describe('idempotency keys', () => onlyOnce(world));
describe('callers', () => oddCallers(world));
describe('the map', () => edgesOfTheMap(world));
describe('days on which clocks change', () => daysOnWhichClocksChange(world));
describe('values that fit every schema', () => oddValues(world));
