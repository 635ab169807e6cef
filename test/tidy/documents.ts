/** What is checked of every file, whatever it is written in. */
import { posix } from 'node:path';
import type { TextFile } from './tree.ts';

/** Names of files and folders: kebab-case; a few have names that their tools or customs give them. */
export function oddNames(paths: readonly string[]): string[] {
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
  const given = /^(\.[a-z]+(\.[a-z]+)?|[A-Z][A-Z_]+(\.md)?|Dockerfile|\d{4}_[a-z]+(_[a-z]+)*\.sql)$/;
  return paths.filter((path) => path.split('/').some((name) => !kebab.test(name) && !given.test(name)));
}

/** A path of the machine that somebody wrote on, or a word on how it was written: the project speaks of itself alone. */
export function strayWords({ path, text }: TextFile): string[] {
  const forbidden = [/(?<![\w.~/-])\/(?:home|root|Users|work|tmp)\/[\w.-]+/, /(?<![\w/])\.\.\/shared\//, /\bsub-?agents?\b/i];
  return text.split('\n').flatMap((line, i) => forbidden.flatMap((pattern) => {
    const found = pattern.exec(line)?.[0];
    return found === undefined ? [] : [`${path}:${i + 1} says "${found}"`];
  }));
}

/** Dependencies that would be another version tomorrow. */
export function looseVersions(packageJson: string): string[] {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(packageJson) as Record<string, Record<string, string>>;
  return Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)).map(([name, version]) => `${name} ${version}`);
}

/** Links to files and headings of the project that lead nowhere. */
export function brokenLinks(files: readonly TextFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file.text]));
  const folders = new Set(files.flatMap(({ path }) => path.split('/').slice(0, -1).map((_, i, names) => names.slice(0, i + 1).join('/'))));
  return files.filter(({ path }) => path.endsWith('.md')).flatMap(({ path, text }) => linksOf(text).flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [target = '', heading] = link.split('#');
    const file = target === '' ? path : posix.join(posix.dirname(path), target).replace(/\/$/, '');
    if (file !== '.' && !byPath.has(file) && !folders.has(file)) return [`${path} links to ${link}, which is not there`];
    const isHeading = heading === undefined || !file.endsWith('.md') || headingsOf(byPath.get(file)!).includes(heading);
    return isHeading ? [] : [`${path} links to ${link}, but ${file} has no such heading`];
  }));
}

const withoutCode = (markdown: string): string => markdown.replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '').replaceAll(/`[^`\n]*`/g, '');

function linksOf(markdown: string): string[] {
  const inline = [...withoutCode(markdown).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)];
  const defined = [...withoutCode(markdown).matchAll(/^ {0,3}\[[^\]]+\]: +(\S+)/gm)];
  return [...inline, ...defined].map(([, link]) => link!);
}

/** Headings as their anchors are written. */
function headingsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...markdown.replaceAll(/^ *(```|~~~)[\s\S]*?^ *\1/gm, '').matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, title]) => {
    const anchor = title!.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
