import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createConnector } from '../../../src/ssh/connect/connect.js';
import { scratch } from '../scratch.js';

test('where the ways of all hosts lead is asked together, however few are connected to at once', async () => {
  const folder = scratch();
  const log = join(folder, 'asked');
  const configFile = join(folder, 'config');
  writeFileSync(configFile, 'Host *\n  User root\n');
  // Port 1: nobody is there. The process that asked is told by its id.
  writeFileSync(join(folder, 'ssh'), `#!/bin/sh\necho $PPID >> '${log}'\nprintf 'hostname 127.0.0.1\\nport 1\\n'\n`, {
    mode: 0o700,
  });
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
  const connect = createConnector({ ask: () => Promise.resolve(''), atOnce: 1 });
  const hosts = Array.from({ length: 40 }, (_, index) => `h${String(index)}`);
  const tried = await Promise.allSettled(
    hosts.map((host) =>
      connect({
        ...{ host, address: host, configFile, knownHostsFile: join(folder, 'known_hosts') },
        ...{ acceptNewHostKeys: false, connectTimeoutSeconds: 5, signal: AbortSignal.timeout(20_000) },
      }),
    ),
  );
  expect(tried.map(({ status }) => status)).toEqual(hosts.map(() => 'rejected'));
  const processes = readFileSync(log, 'utf8').trim().split('\n');
  expect(processes).toHaveLength(hosts.length);
  expect(new Set(processes).size).toBe(4);
});
