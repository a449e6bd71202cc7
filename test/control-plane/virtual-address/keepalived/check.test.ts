import { expect, test } from 'vitest';
import { sh, shellScript } from '../../../../src/shell/script.js';
import { run, SHELLS, withHost, type Shell } from '../../../resources/sh.js';

const BESIDE = '../../../../src/control-plane/virtual-address/keepalived';
const CHECK = sh(shellScript(`${BESIDE}/check.sh`, import.meta.url), { args: ['own:1', 'b:1', 'c:1'] });

/** Exit code where the API servers give these statuses; none: it does not answer. */
function check(shell: Shell, answers: Readonly<Record<string, number>>): number {
  let code = -1;
  withHost((host) => {
    const cases = Object.entries(answers).map(([name, status]) => `*:${name}:*) echo "HTTP/1.0 ${String(status)} x";;`);
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
