import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { registriesOf, whatHindersPulling } from '../../../src/engine/run/registries.js';
import type { LiveHost } from '../../../src/engine/session/session.js';
import { KinitError } from '../../../src/model/error.js';
import type { HostFacts } from '../../../src/model/facts.js';
import { fakeHost } from '../../cluster/fakes.js';
import { nodesOf, specOf } from '../../preflight/nodes.js';

/** c1 reaches everything, w1 what `ask` says. */
function live(ask: (address: string) => KinitError | undefined, worker: Partial<HostFacts> = {}): LiveHost[] {
  return nodesOf({ worker }).map(({ spec, facts }) => ({
    spec,
    facts,
    connection: fakeHost({
      host: spec.name,
      connectTcp: async (address) => {
        const failure = spec.name === 'w1' ? ask(address) : undefined;
        if (failure !== undefined) throw failure;
        return new PassThrough();
      },
    }),
  }));
}

const noWay = new KinitError('no route', { class: 'access', unreachable: 'port' });

test('hosts that reach every registry hinder nothing', async () => {
  expect(
    await whatHindersPulling(
      live(() => undefined),
      specOf(),
    ),
  ).toBeUndefined();
});

test('the host that does not reach a registry is named, and so is the registry', async () => {
  const failing = live((address) => (address === 'registry.k8s.io' ? noWay : undefined));
  expect(await whatHindersPulling(failing, specOf())).toBe('w1 does not reach registry.k8s.io');
});

test('a host that pulls through a proxy, and one whose sshd forbids forwarding, are not judged', async () => {
  const proxies = [{ variable: 'HTTPS_PROXY', value: 'http://proxy:3128', where: 'x', whom: 'services' }];
  expect(
    await whatHindersPulling(
      live(() => noWay, { proxies } as unknown as HostFacts),
      specOf(),
    ),
  ).toBeUndefined();
  const forbids = new KinitError('sshd forbids it', { class: 'access' });
  expect(
    await whatHindersPulling(
      live(() => forbids),
      specOf(),
    ),
  ).toBeUndefined();
});

test('registries are those of the images, or of their mirrors', () => {
  const mirrors = (registry: string): Record<string, unknown> => ({
    runtime: { registryMirrors: [{ registry, endpoints: ['https://mirror.example'] }] },
  });
  const all = registriesOf(specOf());
  expect(all).toContain('registry.k8s.io');
  expect(registriesOf(specOf(mirrors('registry.k8s.io')))).toEqual(all.filter((name) => name !== 'registry.k8s.io'));
  expect(registriesOf(specOf(mirrors('_default')))).toEqual([]);
  expect(registriesOf(specOf({ artifacts: { mirror: 'daocloud' } }))).toEqual(['m.daocloud.io']);
});
