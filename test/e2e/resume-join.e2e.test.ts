import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLab, killHost, partition, startHost, type Lab } from '../../src/lab/index.js';
import { hostState } from './support/cluster-state.js';
import { cutEverywhere, cutWhen } from './support/cuts.js';
import { useForm } from './support/form.js';
import {
  all,
  eventually,
  failuresOf,
  kinitEvents,
  kinitOk,
  lab,
  labName,
  only,
  type LabHandle,
} from './support/kinit.js';
import { preparedHosts } from './support/prepared.js';

/**
 * kinit is killed with SIGKILL at many points of a join and of its reset, its connection is cut and its host switched off, and each
 * time it is just run again. What comes out must be what a join that was never cut leaves, on the same host after the reset.
 */
let handle: LabHandle;
let machines: Lab;
let joinedAfterCuts: string[];

beforeAll(async () => {
  // The control plane is not the subject; the host that joins is bare.
  handle = await lab('resume-join', { hosts: 1, snapshot: await preparedHosts() });
  // 'auto' asks the official origins first, for some seconds in each of many runs.
  appendFileSync(handle.inventory, '\nartifacts:\n  source: source\n');
  useForm(handle);
  await kinitOk(['init', '-i', handle.inventory]);
});

afterAll(async () => {
  await handle.down();
});

const sh = async (host: string, script: string): Promise<string> => (await handle.sh(host, script)).stdout.trim();

test('a package installation goes on when the network is cut and kinit killed; the next run waits for it and does not repeat it', async () => {
  handle = await lab('resume-join', { hosts: 2 });
  machines = await findLab(labName('resume-join'));
  await handle.sh('node2', SLOW_APT);
  const cut = await cutWhen(['join', '-i', handle.inventory], async () => {
    await eventually('apt-get to run on node2', 120, async () =>
      (await sh('node2', 'cat /root/apt-calls 2>/dev/null || :')) === '' ? undefined : true,
    );
    await partition(machines, [['operator', 'node2']]);
  });
  expect(cut).toBe('killed');
  expect(await holderOfLock()).toBe('dead');
  await partition(machines, []);
  const { code, events } = await kinitEvents(['join', '-i', handle.inventory, '--only', 'packages']);
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  const said = all(events, 'progress')
    .map(({ text }) => text)
    .join('\n');
  expect(said).toMatch(
    /still at work on this host: "install .*conntrack.*", begun \d+ s ago by an earlier run of kinit/,
  );
  expect(all(events, 'change-applied')).toEqual([]);
  expect(await sh('node2', 'cat /root/apt-calls; rm -f /root/apt-calls /usr/local/sbin/apt-get; dpkg --audit')).toBe(
    'begin\nend',
  );
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
});

test('a join whose connection is cut and that is killed at every third point makes one node, and leaves no token', async () => {
  const lost = await cutWhen(
    ['join', '-i', handle.inventory],
    async (lines) => {
      for await (const event of lines) {
        if (event.type === 'phase-started' && event.host === 'node2') break;
      }
      await handle.sh('node2', CUT_SSH, { reject: false });
    },
    'let-it-end',
  );
  expect(lost).toBe('failed');
  await cutEverywhere(['join', '-i', handle.inventory], 3);
  joinedAfterCuts = await hostState(handle, 'node2');
  expect(joinedAfterCuts.length).toBeGreaterThan(80);
  await oneNodeEach();
  expect(
    await sh(
      'node2',
      'ls /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null; find / -xdev -name ".kinit-up-*" -o -xdev -name "*.kinit-new"',
    ),
  ).toBe('');
});

test('a worker whose reset was killed leaves no node behind, and a join that is never cut leaves the same', async () => {
  await cutEverywhere(['reset', 'node2', '--yes', '-i', handle.inventory], 20);
  expect((await handle.kubectl('get nodes -o name')).trim()).toBe('node/node1');
  const { code, events } = await kinitEvents(['join', '-i', handle.inventory]);
  expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
  expect(only(events, 'run-finished').changes).toBeGreaterThan(30);
  await oneNodeEach();
  expect(await hostState(handle, 'node2')).toEqual(joinedAfterCuts);
});

async function oneNodeEach(): Promise<void> {
  expect((await handle.kubectl('get nodes -o name')).trim()).toBe('node/node1\nnode/node2');
  expect((await kinitOk(['token', 'list', '-i', handle.inventory])).stdout).not.toMatch(/joins node/);
}

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

/** Ends every SSH session of the host, this one too. */
const CUT_SSH = 'kill -9 $(ps -eo pid=,args= | sed -n "s/^ *\\([0-9]*\\) sshd: [^/]*@notty.*/\\1/p")';
