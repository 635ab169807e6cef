/** The project's own files, as the tidy tests see them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A text file: its path from the root with `/` between folders, and what is in it. */
export interface TextFile {
  path: string;
  text: string;
}

/** What is not the project's: what others wrote, what a run leaves behind. */
const SKIPPED = new Set(['node_modules', '.git', 'data', 'coverage']);

let all: TextFile[] | undefined;

/** Every file of the project, read once; one that is not text is there without its content. */
export function readTree(): readonly TextFile[] {
  return (all ??= pathsBelow('').map(readText));
}

function pathsBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.has(path) || entry.name.endsWith('.log')) return [];
    return entry.isDirectory() ? pathsBelow(path) : entry.isFile() ? [path] : [];
  });
}

function readText(path: string): TextFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text: text.includes('\0') ? '' : text };
}

export const isTypeScript = ({ path }: TextFile): boolean => path.endsWith('.ts');

/** Tests, and what only they use: samples they share, oracles they compare with, test beds. */
export function isTestCode(path: string): boolean {
  return !path.startsWith('src/') || /\.test\.ts$|(^|[-/])(samples|oracle|bed)\.ts$/.test(path);
}

/** Files of `src/` that run in production. */
export function productionFiles(files: readonly TextFile[]): TextFile[] {
  return files.filter((file) => isTypeScript(file) && !isTestCode(file.path));
}

/** A check that sees nothing finds nothing; so it says how much it saw, and fails when that is too little. */
export function requireEnough(what: string, seen: number, least: number): void {
  if (seen < least) throw new Error(`saw ${seen} ${what}, expected at least ${least}: the check looks at the wrong place`);
}
