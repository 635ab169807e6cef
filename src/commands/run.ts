import { runRemotely } from '../app/control.ts';
import { FolderInUse, openDatabase } from '../app/open.ts';
import { startRuntime } from '../app/runtime.ts';
import type { Config } from '../platform/config/index.ts';
import { EXIT, type ExitCode } from './command.ts';
import { runCommand } from './registry.ts';
import { terminalIo } from './terminal.ts';

/** Runs a command on the database that the configuration names; on the embedded one, through the server that holds it if one runs. */
export async function runOnDatabase(config: Config, name: string, args: unknown): Promise<ExitCode> {
  const io = terminalIo();
  try {
    return await runHere(config, name, args, io);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    return await runRemotely(config, name, args, io).catch((cause: Error): ExitCode => {
      io.note(`plugtime: ${error.message}, and it can not be reached: ${cause.message}`);
      return EXIT.failed;
    });
  } finally {
    io.close();
  }
}

async function runHere(config: Config, name: string, args: unknown, io: Parameters<typeof runCommand>[3]): Promise<ExitCode> {
  const onWarning = (text: string): void => io.note(`plugtime: ${text}`);
  const onError = (error: Error): void => onWarning(error.message);
  const { database, close } = await openDatabase(config, onError);
  try {
    const runtime = await startRuntime(database, config, { onError, onWarning });
    try {
      return await runCommand(name, runtime, args, io, config);
    } finally {
      await runtime.events.settled();
      await runtime.stop();
    }
  } finally {
    await close();
  }
}
