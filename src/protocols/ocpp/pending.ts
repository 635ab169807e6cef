/** A station that is not known and waits: it is told so when it boots, and nothing else that it says is taken. */
import { notePendingBoot } from '../../domain/chargers/index.ts';
import { inContext, type Runtime } from '../../domain/organisations/index.ts';
import { toRfc3339 } from '../../platform/clock/index.ts';
import { OcppError } from './errors.ts';
import { storable, type Payload } from './message.ts';
import { bootInfo } from './messages/boot-notification.ts';
import { createPace } from './pace.ts';
import type { SocketListener, StationSocket } from './socket.ts';

/** When it is to ask again, in seconds. */
const ASK_AGAIN = 60;
const PER_MINUTE = 20;

export function openPending(runtime: Runtime, { id, networkId }: { id: string; networkId: string }, socket: StationSocket, onClosed: () => void): SocketListener {
  const pace = createPace(socket, PER_MINUTE);
  return {
    handle: async (action, payload) => {
      pace.came();
      return answer(runtime, { id, networkId }, socket, action, payload).finally(() => pace.answered());
    },
    closed: () => {
      pace.stop();
      onClosed();
    },
  };
}

async function answer(
  runtime: Runtime, { id, networkId }: { id: string; networkId: string }, { version }: StationSocket, action: string, payload: Payload,
): Promise<object> {
  if (action !== 'BootNotification') throw new OcppError('SecurityError', 'This station has not been accepted yet');
  const boot = bootInfo(version, storable(payload));
  return inContext(runtime, { networkId, actor: { kind: 'system' } }, async (ctx) => {
    notePendingBoot(ctx, id, boot);
    return { currentTime: toRfc3339(ctx.now), interval: ASK_AGAIN, status: 'Pending' };
  });
}
