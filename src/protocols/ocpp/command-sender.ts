import { noteArmingOutcome } from '../../domain/arming/index.ts';
import { finishCommand, takeCommand, type Link } from '../../domain/chargers/index.ts';
import { inContext, type Runtime } from '../../domain/organisations/index.ts';
import { noteCommandOutcome } from '../../domain/sessions/index.ts';
import { callOf, outcomeOf } from './commands.ts';
import { storable } from './message.ts';
import type { StationSocket } from './socket.ts';

/**
 * Sends a station what waits for it, one at a time and in order: each is written down as sent before it is, and how it ended afterwards. Calls
 * while it is at work make it look once more.
 */
export function createCommandSender(runtime: Runtime, link: Link, socket: StationSocket, onError: (error: Error) => void): () => void {
  const run = <T>(work: Parameters<typeof inContext<T>>[2]): Promise<T> => inContext(runtime, { networkId: link.networkId, actor: { kind: 'system' } }, work);
  let isBusy = false;
  let again = false;
  const sendAll = async (): Promise<void> => {
    for (let command = await run((ctx) => takeCommand(ctx, link)); command; command = await run((ctx) => takeCommand(ctx, link))) {
      const { id } = command;
      const outcome = storable(await outcomeOf(callOf(socket.version, command), ({ action, payload }) => socket.call(action, payload)));
      await run(async (ctx) => {
        const finished = await finishCommand(ctx, id, outcome);
        if (!finished) return;
        await noteCommandOutcome(ctx, finished);
        noteArmingOutcome(ctx, finished);
      });
    }
  };
  const work = async (): Promise<void> => {
    isBusy = true;
    do {
      again = false;
      await sendAll().catch(onError);
    } while (again);
    isBusy = false;
  };
  return () => {
    if (isBusy) again = true;
    else void work();
  };
}
