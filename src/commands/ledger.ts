import { trialBalance, type TrialBalance } from '../domain/payments/index.ts';
import { listNetworks, type Network } from '../domain/organisations/index.ts';
import { EXIT, type Command, type CommandIo } from './command.ts';

export interface LedgerArgs {
  do: 'trial-balance';
  /** all networks, when not given */
  mode?: Network['mode'];
}

/** Prints what all accounts have, by currency and kind, in minor units. Fails when what was given is not what was taken, or a balance that is kept is wrong. */
export const ledger: Command = async (runtime, args, io) => {
  const { mode } = args as LedgerArgs;
  const networks = (await listNetworks(runtime.database)).filter((network) => mode === undefined || network.mode === mode);
  let isRight = true;
  for (const network of networks) {
    const found = await trialBalance(runtime.database, network.id);
    print(io, network, found);
    isRight &&= found.unbalanced.length === 0 && found.wrong.length === 0;
  }
  io.note(isRight ? 'The ledger balances.' : 'The ledger does NOT balance.');
  return isRight ? EXIT.ok : EXIT.failed;
};

function print(io: CommandIo, { mode }: Network, { rows, unbalanced, wrong }: TrialBalance): void {
  const line = (...cells: (string | number | bigint | null)[]): void => io.out([mode, ...cells].join('\t'));
  for (const { currency, kind, accounts, postedMinor, pendingOutMinor } of rows) line(currency, kind, accounts, postedMinor, pendingOutMinor);
  for (const { currency, sumMinor } of unbalanced) line(currency, 'UNBALANCED', '', sumMinor);
  for (const { accountId, keptMinor, summedMinor, keptPendingOutMinor, summedPendingOutMinor } of wrong) {
    line('WRONG', accountId, `has ${keptMinor} and ${keptPendingOutMinor} pending`, `should have ${summedMinor} and ${summedPendingOutMinor} pending`);
  }
}
