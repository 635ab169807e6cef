/** Scenarios that are built in; each ends as it began, so that it can be played again. */
import type { Scenario } from './scenario.ts';

const CAR = { capacityWh: 40_000, socPercent: 30, maxDcW: 50_000, maxAcW: 7_400 };
const booted = { do: 'expect', online: true, within: 120 } as const;
const plug = { do: 'plug', car: CAR } as const;
const tap = { do: 'tap' } as const;
const started = { do: 'expect', tap: 'started', charging: true } as const;
const unplug = { do: 'unplug' } as const;
const wait = (seconds: number) => ({ do: 'wait', seconds }) as const;
const delivered = { do: 'expect', waitingAtMost: 0, charging: false, within: 600 } as const;
/** cards that nobody could ask about are taken */
const TRUSTING = { AllowOfflineTxForUnknownId: 'true' };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'charge', description: 'a car comes, a card is shown, it charges for half an hour, the card again, it leaves',
    steps: [
      booted, plug, wait(5), tap, started, wait(1_800), { do: 'expect', energyAtLeastWh: 1_000 }, tap, { do: 'expect', tap: 'stopped' }, wait(30), unplug, delivered,
    ],
  },
  {
    name: 'full', description: 'a car that is nearly full charges ever more slowly, is full, and stays for a while',
    steps: [
      booted, { do: 'plug', car: { ...CAR, capacityWh: 20_000, socPercent: 85 } }, tap, started,
      { do: 'expect', status: 'SuspendedEV', within: 14_400 }, wait(900), unplug, delivered,
    ],
  },
  {
    name: 'lost-network', description: 'the network is lost amid a session, and comes back before its end',
    steps: [booted, plug, tap, started, wait(300), { do: 'offline' }, wait(600), { do: 'online' }, { do: 'expect', online: true, within: 300 }, wait(300), unplug, delivered],
  },
  {
    name: 'offline-end', description: 'the network is lost amid a session, which ends before it is back; what waits drains slowly',
    faults: { slowDrain: { gapMs: 2_000, growth: 1.3 } },
    steps: [booted, plug, tap, started, wait(300), { do: 'offline' }, wait(900), unplug, wait(60), { do: 'online' }, delivered],
  },
  {
    name: 'offline-start', description: 'a whole session while the network is lost (1.6: the station has to be set to let unknown cards start)', settings: TRUSTING,
    steps: [booted, { do: 'offline' }, plug, tap, started, wait(600), unplug, { do: 'online' }, delivered],
  },
  {
    name: 'offline-start-without-id', description: 'the same, and the end names transaction -1', settings: TRUSTING, faults: { offlineTransactionId: -1 },
    steps: [booted, { do: 'offline' }, plug, tap, started, wait(600), unplug, { do: 'online' }, delivered],
  },
  {
    name: 'power-loss', description: 'the power is lost amid a session; meter and clock forget where they were', faults: { meterForgets: true, clockForgets: true },
    steps: [booted, plug, tap, started, wait(600), { do: 'power_loss', seconds: 90 }, { do: 'expect', online: true, within: 300 }, unplug, delivered],
  },
  {
    name: 'duplicates', description: 'every message of a session comes twice', faults: { duplicates: 'new_id' },
    steps: [booted, plug, tap, started, wait(600), unplug, delivered],
  },
  {
    name: 'wrong-clock', description: 'a session of a station whose clock is two hours late', faults: { clockOffsetMs: -7_200_000 },
    steps: [booted, plug, tap, started, wait(600), unplug, delivered],
  },
  {
    name: 'fault', description: 'the connector fails amid a session',
    steps: [
      booted, plug, tap, started, wait(600), { do: 'fault', code: 'GroundFailure' }, delivered, unplug, wait(60), { do: 'clear_fault' }, { do: 'expect', status: 'Available' },
    ],
  },
];
