/** Names, words, versions and links. */
import { describe, expect, it } from 'vitest';
import { brokenLinks, looseVersions, oddNames, strayWords } from './documents.ts';
import { readTree, requireEnough } from './tree.ts';

const tree = readTree();
const textOf = (path: string): string => tree.find((file) => file.path === path)!.text;

describe('the project', () => {
  requireEnough('files', tree.length, 280);

  it('names its files in kebab-case', () => {
    expect(oddNames(tree.map(({ path }) => path))).toEqual([]);
  });

  it('speaks of itself alone', () => {
    expect(tree.filter(({ path }) => path !== 'test/tidy/documents.test.ts').flatMap(strayWords)).toEqual([]);
  });

  it('depends on exact versions, from whatever registry', () => {
    expect(looseVersions(textOf('package.json'))).toEqual([]);
    expect(textOf('package-lock.json')).not.toMatch(/"resolved":/);
  });

  it('has links that lead somewhere', () => {
    expect(brokenLinks(tree)).toEqual([]);
  });

  it.each(['README.md', 'LICENSE'])('has a %s', (path) => {
    expect(textOf(path).length).toBeGreaterThan(500);
  });
});

describe('the checks of documents', () => {
  it('see odd names', () => {
    const fine = ['src/a/use-cases.test.ts', 'src/a/0001_first_step.sql', 'README.md', '.oxlintrc.json', '.ci/run', 'src/a/SPEC.md', 'tsconfig.json'];
    expect(oddNames([...fine, 'src/useCases.ts', 'src/My/a.ts', 'src/a_b.ts'])).toEqual(['src/useCases.ts', 'src/My/a.ts', 'src/a_b.ts']);
  });

  it.each(['see /home/ada/a.txt', '"/Users/ada/b"', 'cd /root/c', '../shared/notes', 'a subagent did it'])('see stray words in %j', (text) => {
    expect(strayWords({ path: 'a.md', text: `\n${text}` })).toEqual([expect.stringContaining('a.md:2 says')]);
  });

  it.each(['https://a.example/home/b', './src/tmp/a', 'GET /v1/work', 'tmp/a'])('see none in %j', (text) => {
    expect(strayWords({ path: 'a.md', text })).toEqual([]);
  });

  it('see loose versions', () => {
    expect(looseVersions('{"dependencies":{"a":"1.2.3","b":"^1.2.3"},"devDependencies":{"c":"latest","d":"1.0.0-rc.1"}}')).toEqual(['b ^1.2.3', 'c latest']);
  });

  it('see broken links', () => {
    const files = [
      { path: 'docs/a.md', text: '# A title: here\n[1](b.md) [2](../README.md#start) [3](#a-title-here) [4](https://x.example/y) `[5](c.md)` [6](./)\n```\n[7](d.md)\n```\n' },
      { path: 'docs/b.md', text: '[1](gone.md) [2](a.md#no) [3]\n\n[3]: ../gone/' }, { path: 'README.md', text: '## Start\n[docs](docs)' },
    ];
    expect(brokenLinks(files)).toEqual([
      'docs/b.md links to gone.md, which is not there', 'docs/b.md links to a.md#no, but docs/a.md has no such heading', 'docs/b.md links to ../gone/, which is not there',
    ]);
  });
});
