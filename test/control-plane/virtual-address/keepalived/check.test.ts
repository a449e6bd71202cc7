import { expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS, withHost, type Shell } from '../../../resources/sh.js';

const BESIDE = '../../../../src/control-plane/virtual-address/keepalived';
const CHECK = sh(shellScript(`${BESIDE}/check.sh`, import.meta.url), { args: ['own:1', 'b:1', 'c:1'] });

const NOW = 'Tue, 01 Mar 2028 00:00:08 GMT';

/** Exit code where the API servers give these statuses, and the dates in dates; none: it does not answer. */
function check(
  shell: Shell,
  answers: Readonly<Record<string, number>>,
  dates: Readonly<Record<string, string>> = {},
): number {
  let code = -1;
  withHost((host) => {
    const cases = Object.entries(answers).map(
      ([name, status]) =>
        `*:${name}:*) printf 'HTTP/1.0 ${String(status)} x\\r\\nDate: ${dates[name] ?? NOW}\\r\\nContent-Length: 2\\r\\n\\r\\nok';;`,
    );
    host.command('timeout', 'shift; exec "$@"');
    host.command('socat', `cat > /dev/null; case "$*" in ${cases.join(' ')} *) exit 1;; esac`);
    ({ code } = run(shell, host.inside(CHECK)));
  });
  return code;
}

test.each(SHELLS)('%s: a host may have the address where its API server is ready, or none is', (shell) => {
  expect(check(shell, { own: 200, b: 200 })).toBe(0);
  // It lets nobody ask without credentials.
  expect(check(shell, { own: 401, b: 200 })).toBe(0);
  expect(check(shell, { own: 500, b: 200 })).toBe(1);
  expect(check(shell, { c: 200 })).toBe(1);
  expect(check(shell, { own: 500, b: 500 })).toBe(0);
  expect(check(shell, {})).toBe(0);
});

test.each(SHELLS)('%s: not where most have another time than it', (shell) => {
  const all = { own: 200, b: 200, c: 200 };
  // A leap year's February before it.
  const before = 'Mon, 29 Feb 2028 23:59:08 GMT';
  const long = 'Mon, 29 Feb 2028 23:58:08 GMT';
  expect(check(shell, all, { b: before, c: before })).toBe(0);
  expect(check(shell, all, { b: long, c: long })).toBe(1);
  expect(check(shell, all, { own: long })).toBe(1);
  expect(check(shell, all, { own: 'Thu, 01 Jan 1970 00:00:08 GMT' })).toBe(1);
  // The same time of another day.
  expect(check(shell, all, { own: 'Wed, 02 Mar 2028 00:00:08 GMT' })).toBe(1);
  // One that is wrong is not most of them, nor is one of two.
  expect(check(shell, all, { c: long })).toBe(0);
  expect(check(shell, { own: 200, c: 200 }, { c: long })).toBe(0);
  // What says no time is not wrong.
  expect(check(shell, all, { b: 'never', c: long })).toBe(0);
  expect(check(shell, all, { own: 'never', b: long, c: long })).toBe(0);
});
