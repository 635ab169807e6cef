/** Makes one migrated embedded database for the whole run; tests that want one of their own open a copy, which takes a twentieth of the time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrate, openEmbedded } from '../../src/platform/database/index.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** a folder with the template, in which the copies are made too */
    embeddedFolder: string;
  }
}

export const TEMPLATE = 'template';

export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtime-embedded-'));
  const database = await openEmbedded(join(folder, TEMPLATE));
  await migrate(database);
  await database.close();
  project.provide('embeddedFolder', folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
