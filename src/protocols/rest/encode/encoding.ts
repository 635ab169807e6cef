import { toRfc3339, type EpochMs } from '../../../platform/clock/index.ts';

/** How a caller wants its answer written. */
export interface Encoding {
  /** RFC 3339, or UNIX seconds when the caller asked for them */
  time(at: EpochMs): string | number;
  timeOrNull(at: EpochMs | null | undefined): string | number | null;
}

export const RFC3339: Encoding = {
  time: toRfc3339,
  timeOrNull: (at) => (at == null ? null : toRfc3339(at)),
};

export const UNIX_SECONDS: Encoding = {
  time: (at) => Math.floor(at / 1000),
  timeOrNull: (at) => (at == null ? null : Math.floor(at / 1000)),
};
