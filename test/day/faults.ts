/** What is wrong with the stations of a day: most have nothing, some have each of what was seen at real ones. */
import type { StationOptions } from '../../src/simulator/index.ts';

type Faults = NonNullable<StationOptions['faults']>;

export const FAULTS: readonly Faults[] = [
  {}, {}, { duplicates: 'new_id' }, { clockForgets: true }, {}, { slowDrain: { gapMs: 2_000, growth: 1.2 } }, { duplicates: 'same_id', dropsUpdates: 0.3 }, {},
  { hidesOffline: true }, { slowDrain: { gapMs: 5_000, growth: 1.3, liveOvertakes: true } },
  { meterForgets: true }, { offlineTransactionId: -1 }, { clockOffsetMs: -5 * 3_600_000 },
];
