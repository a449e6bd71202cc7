import { expect, test } from 'vitest';
import type { Hop } from '../../../src/ssh/connect/route.js';
import { noIdentity } from '../../../src/ssh/keys/identities.js';

const none = { offered: [], tried: [], notes: [], locked: [] };

test.each([
  [['/home/me/id.pub'], 'Name the private key in ssh.identityFile: /home/me/id.'],
  [['/home/me/id'], 'Make one with ssh-keygen'],
  [[], 'Make one with ssh-keygen'],
])('with %j and no agent, what to do is told', (identityFiles, hint) => {
  const hop = { name: 'node1', identityFiles } as unknown as Hop;
  expect(noIdentity(hop, none).context.hint).toContain(hint);
});
