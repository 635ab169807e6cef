import type { Prediction } from './rolling.ts';

export interface Bin {
  from: number;
  to: number;
  count: number;
  /** means over the bin */
  predicted: number;
  actual: number;
}

/** Predictions in tenths, those that there are. */
export function binsOf(predictions: readonly Prediction[]): Bin[] {
  return Array.from({ length: 10 }, (_, i): Bin => {
    const within = predictions.filter(({ likelihood }) => Math.min(9, Math.floor(likelihood * 10)) === i);
    return {
      from: i / 10, to: (i + 1) / 10, count: within.length, predicted: within.reduce((sum, { likelihood }) => sum + likelihood, 0) / within.length,
      actual: within.filter(({ got }) => got).length / within.length,
    };
  }).filter(({ count }) => count > 0);
}
