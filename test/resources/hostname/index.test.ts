import { hostname as thisHost } from 'node:os';
import { expect, test } from 'vitest';
import { hostname, hostnameKind } from '../../../src/resources/hostname/index.js';
import { look, reason, SHELLS } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do when both names are right; either wrong is a change`, () => {
    const seen = look(shell, hostnameKind, hostname({ name: 'x' }));
    expect(seen.running).toBe(thisHost());
    expect(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'n1', stored: 'n1' }).changed).toBe(false);
    expect(reason(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'n1', stored: 'old' }))).toBe(
      "/etc/hostname says 'old'",
    );
    expect(reason(hostnameKind.diff(hostname({ name: 'n1' }), { running: 'old', stored: 'n1' }))).toBe('is old');
  });
}
