import type { Runtime } from '../domain/organisations/index.ts';
import { DomainError } from '../platform/errors/index.ts';
import type { Config } from '../platform/config/index.ts';
import { EXIT, type Command, type CommandIo, type ExitCode } from './command.ts';
import { setNetwork } from './beckn.ts';
import { becknCatalogues } from './beckn-catalogues.ts';
import { demo } from './demo.ts';
import { importStations } from './import.ts';
import { keys } from './keys.ts';
import { ledger } from './ledger.ts';
import { payments } from './payments.ts';
import { simulate } from './simulate-policy.ts';

const migrated: Command = (_runtime, _args, io) => {
  io.note('The database is up to date.'); // opening it migrates it
  return Promise.resolve(EXIT.ok);
};

/** Commands that work on the database, here or in the running server. */
const COMMANDS: Record<string, Command> = {
  'beckn-catalogues': becknCatalogues, 'beckn-network': setNetwork, demo, import: importStations, keys, ledger, migrate: migrated, payments, 'simulate-policy': simulate,
};

export async function runCommand(name: string, runtime: Runtime, args: unknown, io: CommandIo, config: Config): Promise<ExitCode> {
  const command = COMMANDS[name];
  if (!command) throw new Error(`there is no command "${name}"`);
  try {
    return await command(runtime, args, io, config);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    io.note(`${error.message}${(error.details.errors ?? []).map(({ pointer, message }) => `\n  ${pointer}: ${message}`).join('')}`);
    return EXIT.failed;
  }
}
