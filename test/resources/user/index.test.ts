import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { user, userKind } from '../../../src/resources/user/index.js';
import { look, SHELLS } from '../sh.js';

for (const shell of SHELLS) {
  test(`${shell}: nothing to do when user and group exist, whatever their shell`, () => {
    const r = user({ name: userInfo().username, home: '/nowhere', shell: '/bin/false' });
    expect(userKind.diff(r, { ...look(shell, userKind, r), group: true }).changed).toBe(false);
    expect(look(shell, userKind, r).user).toBe(true);
    const missing = user({ name: 'kinit-no-such-user', home: '/', shell: '/bin/false' });
    expect(look(shell, userKind, missing)).toEqual({ user: false, group: false });
  });
}
