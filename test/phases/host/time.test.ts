import { expect, test } from 'vitest';
import type { PhaseContext } from '../../../src/model/phase.js';
import { time } from '../../../src/phases/host/time.js';
import type { FileResource, ServiceResource } from '../../../src/resources/index.js';
import { pastOf } from '../../leftovers/past-of.js';
import { makeContext } from '../../templates/context.js';

const CHRONY_FILE = 'file:/etc/chrony/sources.d/kinit.sources';

function contextOf(spec: Record<string, unknown>, facts: Partial<PhaseContext['node']['facts']> = {}): PhaseContext {
  const context = makeContext(spec);
  return { ...context, node: { ...context.node, facts: { ...context.node.facts, timeServices: [], ...facts } } };
}

function shown(context: PhaseContext): { files: Record<string, string>; services: string[]; revision: boolean } {
  const resources = time.appliesTo(context) ? time.resources(context) : [];
  const files = resources.filter(({ kind }) => kind === 'file') as FileResource[];
  const services = resources.filter(({ kind }) => kind === 'service') as ServiceResource[];
  return {
    files: Object.fromEntries(files.map(({ path, content }) => [path, String(content)])),
    services: services.map(({ name }) => name),
    revision: services.some(({ revision }) => revision !== undefined),
  };
}

test('no servers named: chrony runs with its own, and another time service is left alone', () => {
  expect(shown(contextOf({}))).toEqual({ files: {}, services: ['chrony'], revision: false });
  expect(shown(contextOf({}, { timeServices: ['systemd-timesyncd'] })).services).toEqual([]);
});

test('servers go to chrony, which is restarted for them', () => {
  expect(shown(contextOf({ timeServers: ['a.example', '192.0.2.1'] }))).toEqual({
    files: {
      '/etc/chrony/sources.d/kinit.sources':
        '# Written by kinit: timeServers of the inventory.\nserver a.example iburst prefer\nserver 192.0.2.1 iburst prefer\n',
    },
    services: ['chrony'],
    revision: true,
  });
});

test('or to systemd-timesyncd where that keeps the time; to none that kinit does not know', () => {
  const spec = { timeServers: ['a.example', 'b.example'] };
  expect(shown(contextOf(spec, { timeServices: ['systemd-timesyncd'] }))).toEqual({
    files: {
      '/etc/systemd/timesyncd.conf.d/kinit.conf':
        '# Written by kinit: timeServers of the inventory.\n[Time]\nNTP=a.example b.example\n',
    },
    services: ['systemd-timesyncd'],
    revision: true,
  });
  expect(shown(contextOf(spec, { timeServices: ['ntpd'] })).services).toEqual([]);
});

test('servers that were taken out of the inventory are asked no longer', () => {
  const past = pastOf({ recorded: [CHRONY_FILE] });
  expect(shown(contextOf({}, { past })).files).toEqual({
    '/etc/chrony/sources.d/kinit.sources': '# Written by kinit: timeServers of the inventory.\n',
  });
});
