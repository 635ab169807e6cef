/** Whatever is sent to the program: what is wrong with it is answered with a problem, and changes nothing. */
import { afterAll, beforeAll, describe } from 'vitest';
import { openTestEmbedded } from '../support/databases.ts';
import { oddValues } from './odd-values.ts';
import { brokenRequests } from './operations.ts';
import { openWorld, type World } from './world.ts';

let opened: World;
const world = () => opened;
beforeAll(async () => {
  opened = await openWorld(await openTestEmbedded());
});
afterAll(() => opened.close());

describe('every operation', () => brokenRequests(world));
describe('values that fit every schema', () => oddValues(world));
