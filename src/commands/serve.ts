import { startControl } from '../app/control.ts';
import { FolderInUse } from '../app/open.ts';
import { startApp, type App } from '../app/serve.ts';
import { ConfigError, type Config } from '../platform/config/index.ts';
import { createLog, type Log } from '../platform/log/index.ts';
import { EXIT, type ExitCode } from './command.ts';
import { isSimulated, startDemoSimulator, type DemoSimulator } from './demo-simulator.ts';
import { curlLines, prepareDemo, type PreparedDemo } from './demo.ts';
import { runCommand } from './registry.ts';

/** Serves until it is told to stop (SIGTERM, SIGINT), then drains. */
export async function serve(config: Config, { isDemo }: { isDemo: boolean }): Promise<ExitCode> {
  const log = createLog(config);
  const startedAt = performance.now();
  let demo: PreparedDemo | undefined;
  try {
    const app = await startApp({
      config, log, isDemo,
      prepare: async (runtime) => {
        if (isDemo) demo = await prepareDemo(runtime, config);
      },
    });
    const control = config.DATABASE_URL === undefined ? await startControl(config, async (name, args, io) => {
      const exit = await runCommand(name, app.runtime, args, io, config);
      await app.runtime.events.settled(); // what was loaded can be searched when the command returns
      return exit;
    }) : undefined;
    greet(app.url, config, demo, Math.round(performance.now() - startedAt));
    const simulator = demo && isSimulated(config) ? await simulateDemo(app, demo, config, log) : undefined;
    await stopSignal(log);
    simulator?.stop();
    control?.stop();
    await app.stop();
    log.info('stopped');
    return EXIT.ok;
  } catch (error) {
    if (error instanceof ConfigError) throw error; // told with the others
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof FolderInUse) process.stderr.write(`plugtime: ${message}. Stop it, or set PLUGTIME_DATA to another folder.\n`);
    else if (code === 'EADDRINUSE') process.stderr.write(`plugtime: ${config.HOST}:${config.PORT} is in use; set PORT to another port.\n`);
    else if (config.DATABASE_URL !== undefined && isConnectionFailure(error)) process.stderr.write(`plugtime: the server of DATABASE_URL can not be used: ${message || code}\n`);
    else log.fatal({ err: error }, 'could not start');
    return EXIT.failed;
  }
}

/** The demo serves without it, too. */
async function simulateDemo({ runtime, url }: App, { network }: PreparedDemo, config: Config, log: Log): Promise<DemoSimulator | undefined> {
  try {
    const simulator = await startDemoSimulator(runtime, network, url, config);
    log.info({ stations: simulator.stations }, 'a simulator connects as charging stations of the demo network');
    return simulator;
  } catch (error) {
    log.error({ err: error }, 'the simulator of the demo network could not start');
    return undefined;
  }
}

/** Nobody there, no such host, or a server that lets us not in (class 28, no such database, too many connections). */
function isConnectionFailure(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|28\w{3}|3D000|53300|57P03)$/.test(code);
}

/** Resolves with the first signal; a second one ends the process at once. */
async function stopSignal(log: Log): Promise<void> {
  await new Promise<void>((resolve) => {
    let told = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (told) process.exit(EXIT.failed);
        told = true;
        log.info({ signal }, 'stopping: requests in flight are finished first');
        resolve();
      });
    }
  });
}

function greet(url: string, config: Config, demo: PreparedDemo | undefined, ms: number): void {
  const lines = [
    `Plugtime is up at ${url} (${ms} ms)`, `  API reference   ${url}/docs`, `  OpenAPI         ${url}/v1/openapi.json`,
    `  health, metrics ${url}/readyz ${url}/metrics`,
  ];
  if (config.DATABASE_URL === undefined) {
    lines.push(`  Embedded database in ${config.PLUGTIME_DATA}: it outlives a killed process, not a power cut; set DATABASE_URL where money matters.`);
  }
  if (demo) {
    lines.push('', `Demo network between Bengaluru and Mysuru (a sandbox: everything in it is simulated). Its API key:`, `  ${demo.secret}`);
    if (isSimulated(config)) lines.push('  A simulator connects as its charging stations (docs/simulator.md); PLUGTIME_DEMO_SIMULATOR=false starts without it.');
    lines.push('', 'Try:');
    lines.push(...curlLines(url, demo).map((line) => `  ${line}`));
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
}
