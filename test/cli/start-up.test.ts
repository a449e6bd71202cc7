import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** What reading a command line may load at once. All else is loaded by the command that needs it, when it runs. */
const PACKAGES = ['yargs'];
const ROOMS =
  /^(cli\/|model\/error\.ts$|inventory\/nearest\.ts$|shell\/quote\.ts$|model\/defined\.ts$|model\/artifact\.ts$|lab\/(?:drivers|images)\/names\.ts$)/;
/** Of the command line's own room: what draws, reports and asks the engine is of no use to --help. */
const NOT_AT_ONCE = /^cli\/(render\/(live|files|plain|renderer)|report|run-engine|run-chosen|files\/kubeconfig|plan\/)/;

/** Every file and package that is loaded with a file, each with the file that names it; type imports load nothing. */
function loadedWith(entry: string): Map<string, string> {
  const loaded = new Map([[entry, '']]);
  for (const file of loaded.keys()) {
    if (!file.startsWith(SRC)) continue;
    const text = readFileSync(file, 'utf8');
    for (const [, name = ''] of text.matchAll(/^(?:import|export)(?! type\b)[^;]*?\bfrom '([^']+)';$/gm)) {
      if (name.startsWith('node:')) continue;
      const target = name.startsWith('.') ? resolve(dirname(file), name.replace(/\.js$/, '.ts')) : name;
      if (!loaded.has(target)) loaded.set(target, relative(SRC, file));
    }
  }
  return loaded;
}

const loaded = loadedWith(resolve(SRC, 'cli/main.ts'));

test('kinit --help loads the command line and nothing of the engine, no schema, no YAML, no SSH', () => {
  const surplus = [...loaded]
    .filter(([file]) =>
      file.startsWith(SRC)
        ? !ROOMS.test(relative(SRC, file)) || NOT_AT_ONCE.test(relative(SRC, file))
        : !PACKAGES.includes(file),
    )
    .map(([file, by]) => `${file.startsWith(SRC) ? relative(SRC, file) : file} (by ${by})`);
  expect(surplus).toEqual([]);
});

test('the list is a true one: it has every command, and the files are there', () => {
  const files = [...loaded.keys()].filter((file) => file.startsWith(SRC));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  for (const command of ['init', 'plan', 'reset', 'lab', 'token'])
    expect(files).toContain(resolve(SRC, `cli/commands/${command}.ts`));
});
