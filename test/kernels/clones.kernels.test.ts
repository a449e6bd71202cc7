import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DRIVERS } from '../../src/lab/drivers/index.js';
import { all, kinitEvents, kinitOk, lab, labName, type LabHandle } from '../e2e/support/kinit.js';
import { hostOf } from '../e2e/support/own-kernel.js';

const noMachines = await DRIVERS.qemu.unavailable();
const UUID = 'c0ffee00-1111-4222-8333-444455556666';
const HOSTS = ['node1', 'node2'] as const;

/** Machines that were copied: their firmware tells one hardware id for both, which only whole machines have. */
describe.skipIf(noMachines !== undefined)('machines that are clones', () => {
  const name = labName('clones');
  let own: LabHandle;

  beforeAll(async () => {
    // One after the other: emulated, they would boot twice as long side by side.
    for (const hosts of ['1', '2'])
      await kinitOk(
        [
          ...['lab', 'up', '--name', name, '--hosts', hosts, '--driver', 'qemu', '--cpus', '1', '--memory', '512M'],
          ...['--product-uuid', UUID],
        ],
        { timeoutSeconds: 600 },
      );
    own = await lab('clones', { hosts: 2 });
  });

  afterAll(async () => {
    await kinitOk(['lab', 'down', '--name', name]);
  });

  async function identity(): Promise<unknown> {
    const { events } = await kinitEvents(['check', '-i', own.inventory], { timeoutSeconds: 900 });
    return all(events, 'check')
      .filter(({ check }) => ['product-uuid', 'machine-id'].includes(check.name) && check.status !== 'ok')
      .map(({ host, check: { name: what, status, found, hint } }) => ({ host, what, status, found, hint }));
  }

  const uuids = HOSTS.map((host, at) => ({
    host,
    what: 'product-uuid',
    status: 'warning',
    found: `${UUID}, also on ${String(HOSTS[1 - at])}`,
    hint: expect.stringContaining('cloned with a new UUID') as string,
  }));

  test('one hardware id for both: warned, with what to do, as their machine ids differ', async () => {
    expect(await hostOf(own, 'node2').says('cat /sys/class/dmi/id/product_uuid')).toBe(UUID);
    expect(await identity()).toEqual(uuids);
  });

  test('one machine id too: refused, with what to type, before anything is changed', async () => {
    const id = await hostOf(own).says('cat /etc/machine-id');
    const former = await hostOf(own, 'node2').says(`cat /etc/machine-id; echo ${id} > /etc/machine-id`);
    const { code, events } = await kinitEvents(['init', '-i', own.inventory], { timeoutSeconds: 900 });
    await hostOf(own, 'node2').says(`echo ${former} > /etc/machine-id`);
    expect({ code, changed: all(events, 'change-applied').length }).toEqual({ code: 13, changed: 0 });
    const refused = all(events, 'check').filter(({ check }) => check.name === 'machine-id');
    expect(refused.map(({ host, check }) => [host, check.status, check.found])).toEqual(
      HOSTS.map((host, at) => [host, 'error', `${id}, also on ${String(HOSTS[1 - at])}`]),
    );
    expect(refused[0]?.check.hint).toMatch(/^These machines are clones\. .*systemd-machine-id-setup; reboot$/);
  });
});
