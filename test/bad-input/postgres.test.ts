/** The same on a PostgreSQL server: what a database could refuse that another one took, and a share of the generated cases. */
import { afterAll, beforeAll, describe } from 'vitest';
import { testDatabases } from '../support/databases.ts';
import { oddValues } from './odd-values.ts';
import { onlyOnce } from './once.ts';
import { brokenRequests } from './operations.ts';
import { openWorld, type World } from './world.ts';

const EVERY = 25;

const server = testDatabases().find(({ kind }) => kind === 'postgres');

describe.runIf(server)('on a PostgreSQL server', () => {
  let opened: World;
  const world = () => opened;
  beforeAll(async () => {
    opened = await openWorld(await server!.open());
  });
  afterAll(() => opened.close());

  describe('every operation', () => brokenRequests(world, EVERY));
  describe('idempotency keys', () => onlyOnce(world));
  describe('values that fit every schema', () => oddValues(world));
});
