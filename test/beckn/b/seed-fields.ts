/** The fields that the answers of seed 001 show: names only. A list's name ends with `[]`. */
import { readFileSync } from 'node:fs';

interface Shown {
  [name: string]: 1 | Shown;
}

/** The paths of what is shown. */
function pathsShown(shown: Shown, path = ''): string[] {
  return Object.entries(shown).flatMap(([name, inner]) => (inner === 1 ? [`${path}/${name}`] : pathsShown(inner, `${path}/${name}`)));
}

const { context, answers } = JSON.parse(readFileSync(new URL('seed-fields.json', import.meta.url), 'utf8')) as { context: Shown; answers: Record<string, Shown> };

/** Of one of its answers: `on_select`, `on_status paid`, …, or the telemetry. */
export const seedPaths = (answer: string): string[] => pathsShown(answers[answer]!);
export const CONTEXT_PATHS: readonly string[] = pathsShown(context, '/context');
