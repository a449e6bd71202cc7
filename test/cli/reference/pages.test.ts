import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Pages that a tired person follows: each command on them is run on hosts by a test. */
const PAGES = ['high-availability', 'upgrade', 'certificates', 'datastore', 'embedded', 'kubeadm'];

const TESTS = new URL('../../', import.meta.url);
/** What runs kinit on hosts. */
const FILES = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.[a-z-]+\.test\.ts$|^(e2e|failover|kernels)\/.*\.ts$/.test(name))
  .map((name) => ({ name, text: readFileSync(new URL(name, TESTS), 'utf8') }));

/** 'kinit datastore restore FILE --stop' as its words: names of commands and options, without what they are given. */
function commandsOf(page: string): string[] {
  const text = readFileSync(new URL(`../docs/${page}.md`, TESTS), 'utf8');
  const blocks = [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)].flatMap(([, block = '']) => block.split('\n'));
  const lines = blocks.flatMap((line) => /^ *kinit ([^#]*)/.exec(line)?.[1]?.trim() ?? []);
  return [...new Set(lines.map((line) => wordsOf(line).join(' ')))];
}

/** A host, a file and a value are the reader's own. */
function wordsOf(line: string): string[] {
  return line.split(/ +/).filter((word) => /^(--)?[a-z]+(-[a-z]+)*$/.test(word) && !/^(json|yaml)$/.test(word));
}

test.each(PAGES.flatMap((page) => commandsOf(page).map((command) => [page, command])))(
  'docs/%s.md: kinit %s is run by a test on hosts',
  (_page, command) => {
    const words = command.split(' ');
    expect(FILES.filter(({ text }) => words.every((word) => text.includes(`'${word}'`)))).not.toEqual([]);
  },
);

test('there are commands on these pages', () => {
  for (const page of PAGES) expect(commandsOf(page), page).not.toEqual([]);
});
