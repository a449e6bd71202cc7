import { expect, test } from 'vitest';
import { afterWriting } from '../../../src/engine/change/after-writing.js';
import type { Observed } from '../../../src/engine/change/observe.js';
import { kindOf } from '../../../src/engine/kinds.js';
import type { Resource } from '../../../src/model/resource.js';
import { file, service } from '../../../src/resources/index.js';

const CONFIG = '/etc/containerd/config.toml';
const runtime = service({ name: 'containerd', enabled: true, running: true, revision: 'r1', files: [CONFIG] });
const config = file({ path: CONFIG, content: 'right\n', mode: 0o600 });
const UP = {
  load: 'loaded',
  unitFile: 'enabled',
  active: 'active',
  needsReload: false,
  revision: 'r1',
  renamed: false,
  hostName: '',
};

function seenAs(resource: Resource, seen: unknown): Observed {
  const kind = kindOf(resource);
  return { resource, kind, seen, difference: kind.diff(resource, seen) };
}

const asItIs = (path: string): Observed => ({
  kind: kindOf(config),
  seen: undefined,
  difference: { changed: false, reason: '' },
  resource: { ...config, path } as Resource,
});

/** A file whose look says whether it differs. */
function fileThat(differs: boolean, path = CONFIG): Observed {
  const difference = differs
    ? ({ changed: true, change: { action: 'update', summary: `write ${path}`, reason: 'differs' } } as const)
    : ({ changed: false, reason: 'as it should be' } as const);
  return { ...asItIs(path), difference };
}

const deed = (looks: ReturnType<typeof afterWriting>): unknown => {
  const look = looks.find(({ resource }) => resource.id === runtime.id);
  const difference = look !== undefined && 'difference' in look ? look.difference : undefined;
  return difference?.changed === true ? [difference.change.summary, difference.change.reason] : undefined;
};

test('a service that runs with a file that somebody changed is restarted by the run that writes it back', () => {
  const restart = ['restart containerd', `was started before ${CONFIG} was written`];
  expect(deed(afterWriting([fileThat(true), seenAs(runtime, UP)]))).toEqual(restart);
  // A plan looks at all phases at once: the file may be another phase's, and stand behind.
  expect(deed(afterWriting([seenAs(runtime, UP), fileThat(true)]))).toEqual(restart);
});

test('nothing to do where no file of it is written', () => {
  expect(deed(afterWriting([fileThat(false), seenAs(runtime, UP)]))).toBeUndefined();
  expect(deed(afterWriting([fileThat(true, '/etc/other'), seenAs(runtime, UP)]))).toBeUndefined();
});

test('what could not be looked at stays so', () => {
  const unseen = { resource: runtime, failure: new Error('no answer') };
  expect(afterWriting([unseen, fileThat(true)])[0]).toBe(unseen);
});
