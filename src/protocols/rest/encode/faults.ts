import { DomainError, type FieldError } from '../../../platform/errors/index.ts';

/** What is wrong with something that was written by hand, gathered rather than thrown at once. */
export interface Faults {
  add(errors: readonly FieldError[], within?: string): void;
  /** What `decode` answers; when it refuses, what it says is noted as lying within `pointer`, and `instead` stands for the answer. */
  try<T>(pointer: string, instead: T, decode: () => T): T;
  /** Throws `invalid_request` with all that was noted. */
  throwIfAny(summary: string): void;
}

export function gatherFaults(): Faults {
  const errors: FieldError[] = [];
  const add: Faults['add'] = (found, within = '') => {
    for (const { pointer, message } of found) errors.push({ pointer: within + pointer, message });
  };
  return {
    add,
    try: (pointer, instead, decode) => {
      try {
        return decode();
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        add(error.details.errors ?? [{ pointer: '', message: error.message }], pointer);
        return instead;
      }
    },
    throwIfAny: (summary) => {
      if (errors.length > 0) throw new DomainError('invalid_request', summary, { errors });
    },
  };
}
