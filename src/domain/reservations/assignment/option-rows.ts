/** One option as numbers. */
export interface OptionRow {
  evse: number;
  /** in the EVSE's list */
  connector: number;
  /** the cells that it takes, with the buffer */
  from: number;
  to: number;
  /** the place in the grid where the slot itself ends */
  end: number;
  distanceM: number;
  displacementMs: number;
}

/** Many options, a column for each of their numbers. */
export type OptionColumns = { [Name in keyof OptionRow]: Name extends 'displacementMs' ? Float64Array : Int32Array };

/** Collects options whose number is not known beforehand. */
export function optionRows(): { count(): number; add(row: OptionRow): void; columns(): OptionColumns } {
  const evse: number[] = [];
  const connector: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const end: number[] = [];
  const distanceM: number[] = [];
  const displacementMs: number[] = [];
  return {
    count: () => evse.length,
    add: (row) => {
      evse.push(row.evse);
      connector.push(row.connector);
      from.push(row.from);
      to.push(row.to);
      end.push(row.end);
      distanceM.push(row.distanceM);
      displacementMs.push(row.displacementMs);
    },
    columns: () => ({
      evse: Int32Array.from(evse), connector: Int32Array.from(connector), from: Int32Array.from(from), to: Int32Array.from(to), end: Int32Array.from(end),
      distanceM: Int32Array.from(distanceM), displacementMs: Float64Array.from(displacementMs),
    }),
  };
}
