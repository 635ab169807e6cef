import { DomainError } from '../../platform/errors/index.ts';

/** How much work one search may cause, counted in small steps (an edge looked at) of some nanoseconds each. */
export interface WorkBudget {
  left: number;
}

const STEPS_PER_SEARCH = 50_000_000;

export function workBudget(): WorkBudget {
  return { left: STEPS_PER_SEARCH };
}

/** Throws `invalid_request` when the search has had its share: only a shape made for that, or very far from its purpose, gets there. */
export function spend(budget: WorkBudget, steps: number): void {
  budget.left -= steps;
  if (budget.left >= 0) return;
  const message = 'The shape is too complicated for the number of stations in it; simplify it or make it smaller.';
  throw new DomainError('invalid_request', message, { errors: [{ pointer: '/area', message }] });
}
