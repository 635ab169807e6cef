import { writeFile } from 'node:fs/promises';
import { createHttpServer } from '../platform/http/index.ts';
import { createLog } from '../platform/log/index.ts';
import { createMetrics } from '../platform/metrics/index.ts';
import type { Config } from '../platform/config/index.ts';
import { addRest, refuseMalformed } from '../protocols/rest/index.ts';
import { EXIT, type ExitCode } from './command.ts';

/** The OpenAPI document as it is served. The routes are declared but never called, so nothing that they would work on is opened. */
export async function buildOpenApi(config: Config): Promise<object> {
  const log = createLog({ PLUGTIME_LOG: 'silent', PLUGTIME_LOG_FORMAT: 'json' });
  const metrics = createMetrics();
  const app = createHttpServer({ config, log, metrics, isReady: () => Promise.resolve(false), refuseMalformed });
  const notOpened = undefined as never;
  await addRest(app, { config, log, metrics, runtime: notOpened, keeper: notOpened, sessionWatch: notOpened, publicNetworkId: '', providers: new Map(), networkPorts: new Map() });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}

export async function openapi(config: Config, out: string | undefined): Promise<ExitCode> {
  const text = `${JSON.stringify(await buildOpenApi(config), null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else await writeFile(out, text);
  return EXIT.ok;
}
