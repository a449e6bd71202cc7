import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BIN = new URL('../bin/kinit.js', import.meta.url).href;

/** What is printed first where Node says it is of this version. */
function under(version: string): string {
  const program = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
process.argv[2] = '--version';
await import('${BIN}');`;
  return execFileSync('sh', ['-c', '"$0" --input-type=module -e "$1" 2>&1; exit 0', process.execPath, program], {
    encoding: 'utf8',
    timeout: 30_000,
  });
}

// yargs 18 is the one that asks for most: ^20.19.0 || ^22.12.0 || >=23.
test.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0'])('Node.js %s is turned away in words', (version) => {
  expect(under(version)).toBe(`kinit needs Node.js 20.19, 22.12 or newer; this is ${version}.\n`);
});

test.each(['20.19.0', '22.12.0', '24.0.0'])('Node.js %s is taken', (version) => {
  expect(under(version)).not.toContain('needs Node.js');
});

/** Exit code and all that is printed. */
function shell(script: string): string {
  const file = fileURLToPath(BIN);
  return execFileSync('sh', ['-c', script, process.execPath, file], { encoding: 'utf8', timeout: 30_000 });
}

test('a folder that is gone is told in words', () => {
  const script = 'folder=$(mktemp -d); cd "$folder"; rmdir "$folder"; "$0" "$1" --version 2>&1; echo "code $?"';
  expect(shell(script)).toMatch(/^The folder you are in is not there any more.*\ncode 10\n$/);
});

test.skipIf(!existsSync('/dev/full'))('what a full disk does not take is an error', () => {
  expect(shell('"$0" "$1" --version 2>&1 >/dev/full; echo "code $?"')).toMatch(
    /^Error: what kinit printed could not be written\n {2}found: ENOSPC[^]*code 12\n$/,
  );
});
