import { assign, type Assignment, type AssignmentProblem, type Effort } from '../assignment/index.ts';

export async function solve(problem: AssignmentProblem, effort: Effort): Promise<Assignment> {
  return assign(problem, { effort });
}
