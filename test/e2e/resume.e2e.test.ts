import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLab, killHost, partition, startHost, type Lab } from '../../src/lab/index.js';
import { authorities } from './support/authorities.js';
import { cutEverywhere, cutWhen } from './support/cuts.js';
import { all, eventually, kinitEvents, lab, type LabHandle } from './support/kinit.js';

/**
 * kinit is killed with SIGKILL at many points of an init and a reset, its network is cut and its host switched
 * off, and each time it is just run again.
 */
let handle: LabHandle;
let machines: Lab;
/** Every single point takes a quarter of an hour: `npm run test:kill-everywhere` does that. */
const EVERY = Number(process.env['KINIT_TEST_KILL_EVERY'] ?? '6');

beforeAll(async () => {
  handle = await lab('e2e-resume', { hosts: 1 });
  // 'auto' asks the official origins first, for some seconds in each of two hundred runs.
  appendFileSync(handle.inventory, '\nartifacts:\n  source: source\n');
});

afterAll(async () => {
  await handle.down();
});

const init = (...more: string[]): string[] => ['init', '-i', handle.inventory, ...more];
const sh = async (host: string, script: string): Promise<string> => (await handle.sh(host, script)).stdout.trim();

test(`init killed at every ${EVERY === 1 ? 'single' : `${EVERY}th`} point, after changes and in between, comes to its end`, async () => {
  // The phase that makes keys goes first: until they are on the host, each of a hundred runs would have to make them anew.
  const points = await cutEverywhere(init('--only', 'pki'), EVERY);
  const ca = await authorities(handle, 'node1');
  points.push(...(await cutEverywhere(init(), EVERY)));
  expect(points.filter((point) => point.startsWith('step ')).length).toBeGreaterThan(100);
  expect(points.filter((point) => point.startsWith('recorded ')).length).toBeGreaterThan(10);
  expect(points.filter((point) => point.startsWith('verified ')).length).toBeGreaterThan(10);
  expect(await authorities(handle, 'node1')).toEqual(ca);
  const again = await kinitEvents(init());
  expect({ code: again.code, changes: all(again.events, 'change-applied') }).toEqual({ code: 0, changes: [] });
});

test('reset killed after every tenth undo comes to its end', async () => {
  const points = await cutEverywhere(['reset', '--yes', '-i', handle.inventory], 10);
  expect(points.filter((point) => point.startsWith('undone ')).length).toBeGreaterThan(50);
  expect(await sh('node1', 'ls -d /etc/kubernetes /var/lib/kinit /usr/local/bin/kube* /etc/systemd/system/kubelet* 2>/dev/null; find / -xdev -name ".kinit-up-*" -o -xdev -name "*.kinit-new" -o -xdev -name "*.kinit-undo"')).toBe('');
});

test('an init after that, which is not cut, comes to its end as well', async () => {
  const { code, events } = await kinitEvents(init());
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
});

test('a package installation goes on when the network is cut and kinit killed; the next run waits for it and does not repeat it', async () => {
  handle = await lab('e2e-resume', { hosts: 2 });
  machines = await findLab('e2e-resume');
  await handle.sh('node2', SLOW_APT);
  const cut = await cutWhen(['join', '-i', handle.inventory], async () => {
    await eventually('apt-get to run on node2', 120, async () => ((await sh('node2', 'cat /root/apt-calls 2>/dev/null || :')) === '' ? undefined : true));
    await partition(machines, [['operator', 'node2']]);
  });
  expect(cut).toBe('killed');
  expect(await holderOfLock()).toBe('dead');
  await partition(machines, []);
  const { code, events } = await kinitEvents(['join', '-i', handle.inventory, '--only', 'packages']);
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
  const said = all(events, 'progress').map(({ text }) => text).join('\n');
  expect(said).toMatch(/still at work on this host: "install .*conntrack.*", begun \d+ s ago by an earlier run of kinit/);
  expect(all(events, 'change-applied')).toEqual([]);
  expect(await sh('node2', 'cat /root/apt-calls; rm -f /root/apt-calls /usr/local/sbin/apt-get; dpkg --audit')).toBe('begin\nend');
});

test('a host that is switched off in the middle of an upload or an image import is gone on with', async () => {
  for (const phase of ['binaries', 'images']) {
    const cut = await cutWhen(['join', '-i', handle.inventory], async (lines) => {
      for await (const event of lines) {
        if (event.type === 'phase-started' && event.host === 'node2' && event.phase === phase) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      await killHost(machines, 'node2');
    });
    expect(cut).not.toBe('finished');
    await startHost(machines, 'node2');
  }
  const { code, events } = await kinitEvents(['join', '-i', handle.inventory]);
  expect({ code, failures: all(events, 'phase-failed') }).toEqual({ code: 0, failures: [] });
  expect((await handle.kubectl('get nodes -o name')).trim()).toBe('node/node1\nnode/node2');
});

/** Whether the process that holds the cluster's lock still lives on this machine. */
async function holderOfLock(): Promise<'alive' | 'dead'> {
  const { pid } = JSON.parse(await sh('node1', 'sed -n 2p /run/kinit/lock')) as { pid: number };
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return 'dead';
  }
}

/** An apt-get that takes its time, and tells when it installs. */
const SLOW_APT = `cat >/usr/local/sbin/apt-get <<'END'
#!/bin/sh
case " $* " in *" -s "*) exec /usr/bin/apt-get "$@";; *" install "*) ;; *) exec /usr/bin/apt-get "$@";; esac
echo begin >>/root/apt-calls
sleep 20
/usr/bin/apt-get "$@"; code=$?
echo end >>/root/apt-calls
exit $code
END
chmod 755 /usr/local/sbin/apt-get`;
