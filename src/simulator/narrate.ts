/** What happens at stations, in plain text. */
import type { SimEvent } from './model.ts';

type Data = Record<string, string | number | boolean | undefined>;

const WORDS: Partial<Record<SimEvent['type'], (data: Data) => string>> = {
  connected: ({ protocol }) => `is connected, speaking ${protocol}`,
  disconnected: ({ code }) => `has lost its connection (${code})`,
  refused: ({ why }) => `was not let in: ${why}`,
  booted: ({ reason, interval }) => `has booted (${reason}) and beats every ${interval} s`,
  boot_refused: ({ status }) => `was told to wait: ${status}`,
  power_lost: ({ seconds }) => `has no power for ${seconds} s`,
  status: ({ status }) => `is ${status}`,
  plugged: ({ socPercent }) => `a car is plugged in, at ${Math.round(socPercent as number)} %`,
  unplugged: ({ socPercent }) => `the car is unplugged, at ${socPercent} %`,
  tapped: ({ tag }) => `card ${tag} is shown`,
  tag_refused: ({ tag, why }) => `card ${tag} is refused: ${why}`,
  awaiting_car: () => 'waits for a car',
  gave_up_waiting: () => 'waits for a car no longer',
  transaction_started: ({ transaction, offline, meterWh }) => `session ${transaction} begins${offline === true ? ' offline' : ''}, meter at ${meterWh} Wh`,
  transaction_ended: ({ transaction, reason, energyWh }) => `session ${transaction} ends (${reason}): ${((energyWh as number) / 1_000).toFixed(3)} kWh`,
  charging_state: ({ state }) => `charging: ${state}`,
  reserved: ({ id, tag, seconds }) => `is reserved (${id}) for ${tag}, for ${seconds} s`,
  reservation_ended: ({ id, why }) => `reservation ${id} is over: ${why}`,
  command: ({ action, status }) => `does ${action}${status === undefined ? '' : `: ${status}`}`,
  command_refused: ({ action, status }) => `does not do ${action}: ${status}`,
  message_dropped: ({ action, why }) => `${action} was refused: ${why}`,
  answer_lost: ({ action, why }) => `${action} was not answered: ${why}`,
  transfer: ({ kind, status }) => `${kind}: ${status} (simulated, nothing is transferred)`,
  display: ({ text }) => `shows "${text}"`,
  cost: ({ totalCost }) => `shows a cost of ${totalCost}`,
  frame: ({ direction, text }) => `${direction === 'sent' ? '→' : '←'} ${text}`,
};

/** `12:00:05 SIM-1/1 card TAG1 is shown` */
export function narrate({ at, station, type, connector, data }: SimEvent): string {
  const clock = new Date(at).toISOString().slice(11, 19);
  return `${clock} ${station}${connector === undefined ? '' : `/${connector}`} ${WORDS[type]?.(data as Data) ?? type}`;
}
