/** A process that makes the calls to providers that are due, on a database that others made; to be killed amid one. */
import { startPaymentWorker } from '../../src/domain/payments/index.ts';
import { configuredProviders } from '../../src/integrations/configured.ts';
import { startRuntime } from '../../src/app/runtime.ts';
import { openDatabase } from '../../src/app/open.ts';
import { readConfig } from '../../src/platform/config/index.ts';

const config = readConfig();
const fail = (error: Error): void => {
  process.stderr.write(`${error.stack}\n`);
};
const { database } = await openDatabase(config, fail);
const providers = new Map(configuredProviders(config, () => 'https://plugtime.example').map((provider) => [provider.id, provider]));
const runtime = await startRuntime(database, config, { onError: fail, onWarning: () => undefined }, providers);
await startPaymentWorker(runtime, providers);
