/**
 * EVSEs side by side, 32 to a word: one look at each cell tells whether any of many slots that begin and end together is free. A plan
 * keeps a bit for each EVSE and cell, set while nobody has it.
 */
import type { OptionColumns } from './option-rows.ts';
import type { AssignmentEvse } from './problem.ts';

const BITS = 32;

export interface FreeWords extends WordLayout, Probes {}

interface WordLayout {
  words: number;
  /** of each EVSE: its bit, and what is added to one of its cells to get the word with that bit */
  bit: Int32Array;
  shift: Int32Array;
}

interface Probes {
  /** the steps of request `r` are those from `firstStep[r]` up to `firstStep[r + 1]`; a step is all its options of one displacement */
  firstStep: Int32Array;
  /** of each step: its first option, and its first probe */
  stepOption: Int32Array;
  stepProbe: Int32Array;
  /** a probe is what options of a step that begin and end together have in one row of words: where it begins and ends there, and their bits */
  probeFrom: Int32Array;
  probeTo: Int32Array;
  probeBits: Int32Array;
}

/** @param base where the cells of each EVSE begin, and where those of the last one end */
export function freeWords(evses: readonly AssignmentEvse[], base: Int32Array, first: Int32Array, options: OptionColumns): FreeWords {
  const layout = layOutWords(evses, base);
  return { ...layout, ...probesOf(layout, first, options) };
}

/** Only EVSEs of one grid share words, and those that are alike and near each other where possible. */
function layOutWords(evses: readonly AssignmentEvse[], base: Int32Array): WordLayout {
  const [bit, shift] = [new Int32Array(evses.length), new Int32Array(evses.length)];
  let words = 0;
  for (const together of Map.groupBy(evses.keys(), (e) => evses[e]!.grid).values()) {
    const kind = (e: number): string => evses[e]!.connectors[0]?.powerType ?? '';
    together.sort((a, b) => (kind(a) < kind(b) ? -1 : kind(a) > kind(b) ? 1 : evses[a]!.latitude - evses[b]!.latitude || a - b));
    const cells = base[together[0]! + 1]! - base[together[0]!]!;
    for (const [i, e] of together.entries()) {
      bit[e] = 1 << (i % BITS);
      shift[e] = words + Math.floor(i / BITS) * cells - base[e]!;
    }
    words += Math.ceil(together.length / BITS) * cells;
  }
  return { words, bit, shift };
}

function probesOf({ bit, shift }: WordLayout, first: Int32Array, { evse, from, to, displacementMs }: OptionColumns): Probes {
  const firstStep = new Int32Array(first.length);
  const stepOption: number[] = [];
  const stepProbe: number[] = [];
  const probeFrom: number[] = [];
  const probeTo: number[] = [];
  const probeBits: number[] = [];
  for (let r = 0; r + 1 < first.length; r++) {
    let firstProbe = 0;
    for (let option = first[r]!; option < first[r + 1]!; option++) {
      if (option === first[r] || displacementMs[option] !== displacementMs[option - 1]) {
        stepOption.push(option);
        firstProbe = stepProbe[stepProbe.length] = probeFrom.length;
      }
      const e = evse[option]!;
      const [start, end] = [from[option]! + shift[e]!, to[option]! + shift[e]!];
      let probe = firstProbe;
      while (probe < probeFrom.length && (probeFrom[probe] !== start || probeTo[probe] !== end)) probe += 1;
      probeFrom[probe] = start;
      probeTo[probe] = end;
      probeBits[probe] = (probeBits[probe] ?? 0) | bit[e]!;
    }
    firstStep[r + 1] = stepOption.length;
  }
  stepOption.push(evse.length);
  stepProbe.push(probeFrom.length);
  return {
    firstStep, stepOption: Int32Array.from(stepOption), stepProbe: Int32Array.from(stepProbe), probeFrom: Int32Array.from(probeFrom), probeTo: Int32Array.from(probeTo),
    probeBits: Int32Array.from(probeBits),
  };
}
