import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RUNTIMES } from '../../src/runtime/index.js';
import type { KinitEvent } from '../../src/model/event.js';
import { cutWhen } from './support/cuts.js';
import { all, failuresOf, kinit, kinitEvents, kinitOk, lab, type LabHandle } from './support/kinit.js';
import { differences, record, type Recording } from './support/recording/recording.js';
import { changedInventory } from './support/running.js';
import { startWeb } from './support/web.js';

const HOSTS = ['node1', 'node2'] as const;
const [FIRST, SECOND = FIRST] = RUNTIMES;
const ALL = RUNTIMES.flatMap((from) => RUNTIMES.filter((to) => to !== from).map((to) => [from, to] as const));
/** `npm run test:runtime-changes` takes them all, npm test the first. */
const PAIRS = process.env['KINIT_TEST_CHANGES'] === 'all' ? ALL : [[FIRST, SECOND] as const];

/** A cluster of one runtime, of which the only control plane runs pods too, becomes one of another: every pair takes this way. */
describe.each(PAIRS.map(([FROM, TO], index) => [`${FROM.title} becomes ${TO.title}`, FROM, TO, index] as const))(
  '%s',
  (_title, FROM, TO, index) => {
    let cluster: LabHandle;
    let before: Recording[];
    let changed: string;
    let was: Set<string>;

    beforeAll(async () => {
      // The only cluster of it in the test command.
      cluster = await lab(`change${index === 0 ? '' : String(index)}`, { hosts: 2, image: 'debian-11' });
      before = await Promise.all(HOSTS.map((host) => record(cluster, host)));
      const bare = await changedInventory(cluster, 'shared', (text) =>
        text.replace('      - control-plane\n', '      - control-plane\n      - worker\n'),
      );
      const withRuntime = (name: string): Promise<string> =>
        changedInventory({ ...cluster, inventory: bare }, name, (text) => `${text}\nruntime: { name: ${name} }\n`);
      const shared = FROM === FIRST ? bare : await withRuntime(FROM.id);
      changed = await withRuntime(TO.id);
      cluster = { ...cluster, inventory: shared };
      await kinitOk(['init', '-i', shared]);
      await startWeb(cluster, 2);
      was = await spokenBy();
    });

    afterAll(async () => {
      await cluster.down();
    });

    const change = (...more: string[]): readonly string[] => ['runtime', 'change', '-i', changed, ...more];
    const moves = (): Promise<string> =>
      cluster.kubectl("-n kube-system get configmap kinit -o jsonpath='{.data.record\\.yaml}' | grep -A5 ^moves:");
    /** What the nodes say of their runtime, without its version. */
    const spokenBy = async (): Promise<Set<string>> => {
      const said = await cluster.kubectl(
        "get nodes -o jsonpath='{range .items[*]}{.status.nodeInfo.containerRuntimeVersion} {end}'",
      );
      return new Set(
        said
          .trim()
          .split(' ')
          .map((each) => each.replace(/:.*/, '')),
      );
    };
    const nodes = (): Promise<string> => cluster.kubectl('get nodes -o wide --no-headers');

    test('init and plan refuse the other runtime and name the way, which says what it would do', async () => {
      for (const command of ['init', 'plan']) {
        const { code, stderr } = await kinit([command, '-i', changed]);
        expect({ code, stderr }).toEqual({
          code: 20,
          stderr: expect.stringMatching(new RegExp(`${FROM.id} on node1, node2[^]*kinit runtime change`)) as string,
        });
      }
      const { code, events } = await kinitEvents(change('--dry-run'));
      const planned = (host: string): string[] =>
        all(events, 'change-planned')
          .filter((event) => event.host === host)
          .map((event) => event.change.summary);
      expect(code).toBe(0);
      for (const host of HOSTS) {
        const told = planned(host);
        expect(told).toContain(`cordon and drain node ${host}`);
        expect(told).toContain(`take service:${FROM.units[0]} away, as reset would`);
        expect(told.at(-1)).toBe(`uncordon node ${host}`);
      }
      expect(all(events, 'change-applied')).toEqual([]);
    });

    test('a budget that does not let go is named, before anything moves too; the node takes pods again, and nothing is forced', async () => {
      await cluster.kubectl('create poddisruptionbudget web --selector app=web --min-available 2');
      const warned = all((await kinitEvents(change('--dry-run'))).events, 'warning').map(({ text }) => text);
      expect(warned).toContainEqual(expect.stringMatching(/budgets that let no pod go now.*: default\/web$/));
      const { code, stderr } = await kinit(change('node2', '--drain-timeout', '3s'));
      expect({ code, stderr }).toEqual({
        code: 15,
        stderr: expect.stringMatching(
          /did not leave node node2[^]*it takes pods again[^]*disruption budget web needs 2[^]*same command/,
        ) as string,
      });
      expect(await nodes()).toMatch(new RegExp(`node2 +Ready .*${[...was].join('')}`));
      expect(await moves()).toMatch(/node: node2\n +step: drain/);
      expect(await cluster.kubectl('get deployment web -o jsonpath={.status.availableReplicas}')).toBe('2');
      await cluster.kubectl('delete poddisruptionbudget web');
      await cluster.kubectl('create poddisruptionbudget web --selector app=web --min-available 1');
    });

    test('killed with the other runtime half away, it goes on; the Deployment answers all the while', async () => {
      const asked = watchWeb();
      const half = (event: KinitEvent): boolean =>
        event.type === 'progress' && event.host === 'node2' && event.text.startsWith('undone: directory:');
      expect(
        await cutWhen(change(), async (events) => {
          for await (const event of events) if (half(event)) return;
        }),
      ).toBe('killed');
      expect(await moves()).toMatch(/node: node2\n +step: change/);
      const refused = await kinit(['init', '-i', changed]);
      expect({ code: refused.code, said: refused.stderr }).toMatchObject({
        code: 20,
        said: expect.stringContaining(`between ${FROM.id} and ${TO.id} on node2`) as string,
      });
      const { code, events, stderr } = await kinitEvents(change('node2'));
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(all(events, 'phase-started').some(({ phase }) => phase === 'drain')).toBe(false);
      expect(await asked()).toEqual([]);
      expect(await nodes()).toMatch(/node2 +Ready +worker/);
    });

    test('the only control plane is changed: killed while no API server answers, it goes on', async () => {
      expect(
        await cutWhen(change(), async (events) => {
          for await (const event of events) if (event.type === 'phase-finished' && event.phase === 'runtime') return;
        }),
      ).toBe('killed');
      const { code, events, stderr } = await kinitEvents(change());
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(all(events, 'phase-started').some(({ phase }) => phase === 'drain')).toBe(false);
      expect(await nodes()).not.toContain('SchedulingDisabled');
      const now = await spokenBy();
      expect(now.size).toBe(1);
      expect([...now]).not.toEqual([...was]);
      expect(await moves()).toMatch(/^moves: \[\]/);
    });

    test('nothing is left to do', async () => {
      for (const command of [['plan', '-i', changed], change()]) {
        const { code, events } = await kinitEvents(command);
        expect({ code, planned: all(events, 'change-planned'), applied: all(events, 'change-applied') }).toEqual({
          code: 0,
          planned: [],
          applied: [],
        });
      }
    });

    test('reset gives both hosts back as they were before kinit', async () => {
      const { code, events } = await kinitEvents(['reset', '--yes', '--remove-packages', '-i', changed]);
      expect({ code, failures: failuresOf(events) }).toEqual({ code: 0, failures: [] });
      // kubectl's cache is this test's own trace.
      await cluster.sh('node1', 'rm -rf /root/.kube');
      const ignored = (section: string, key: string): boolean => section === 'sysctl' && !key.startsWith('net.');
      for (const [index, host] of HOSTS.entries())
        expect({ host, left: differences(before[index] as Recording, await record(cluster, host), ignored) }).toEqual({
          host,
          left: '',
        });
    });

    /** Asks the Service from the control-plane host again and again; the result stops that and gives what went wrong. */
    function watchWeb(): () => Promise<string[]> {
      let ended = false;
      const wrong: string[] = [];
      const asking = (async () => {
        const address = await cluster.kubectl("get service web -o jsonpath='{.spec.clusterIP}'");
        while (!ended) {
          const { code, stderr } = await cluster.sh(
            'node1',
            `curl -sSf -o /dev/null -m 10 --retry 1 http://${address}/`,
            {
              reject: false,
            },
          );
          if (code !== 0) wrong.push(stderr.trim());
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
      })();
      return async () => {
        ended = true;
        await asking;
        return wrong;
      };
    }
  },
);
