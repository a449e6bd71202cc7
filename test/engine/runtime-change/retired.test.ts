import { describe, expect, test } from 'vitest';
import { retiredEntries } from '../../../src/engine/runtime-change/retired.js';
import { phases } from '../../../src/phases/index.js';
import { RUNTIMES } from '../../../src/runtime/index.js';
import { makeContext } from '../../templates/context.js';

const PAIRS = RUNTIMES.flatMap((from) => RUNTIMES.flatMap((to) => (from === to ? [] : [{ from, to }])));

const entry = (id: string, data: unknown = {}) => ({
  name: `000001-${id}`,
  id,
  sha256: '',
  undo: { kind: id.split(':')[0] ?? '', version: 1, data },
});

/** Ids of what every phase has on the only control plane with this runtime. */
function withRuntime(
  name: string,
  from = 'artifacts',
): { readonly context: ReturnType<typeof makeContext>; readonly ids: string[] } {
  const context = makeContext({ runtime: { name, from } });
  const ids = phases.filter((phase) => phase.appliesTo(context)).flatMap((phase) => phase.resources(context));
  return { context, ids: ids.map(({ id }) => id) };
}

describe.each(PAIRS)('$from.id to $to.id', ({ from, to }) => {
  const old = withRuntime(from.id);
  const wanted = withRuntime(to.id);
  const gone = retiredEntries(
    wanted.context,
    phases,
    old.ids.map((id) => entry(id)),
  ).map(({ id }) => id);

  test('what only the other one has goes: its services, its images, its data', () => {
    for (const unit of from.units.filter((each) => !to.units.includes(each))) expect(gone).toContain(`service:${unit}`);
    expect(gone).toContain(`images:${from.id}`);
    expect(gone).toContain(`directory:${from.dataFolder}`);
  });

  test('what the new one or the node needs stays', () => {
    expect(gone.filter((id) => wanted.ids.includes(id))).toEqual([]);
    expect(gone.filter((id) => /kubelet|kubernetes|traces|crictl|sysctl|etcd/.test(id))).toEqual([]);
  });

  test('programs of the other one go, those that both have stay', () => {
    const program = (name: string) => `binary:/usr/local/bin/${name}`;
    const entries = [...from.programs, 'kubelet'].map((name) => entry(program(name)));
    const both = from.programs.filter((name) => to.programs.includes(name));
    const kept = { ...wanted.context, artifacts: { ...wanted.context.artifacts, binaries: both.map(binaryOf) } };
    const left = retiredEntries(kept, phases, entries).map(({ id }) => id);
    expect(left).toEqual(from.programs.filter((name) => !both.includes(name)).map(program));
  });
});

test('what lies below a folder of the other one goes too, though the inventory names it no more', () => {
  const [from, to] = RUNTIMES;
  const { context } = withRuntime(to?.id ?? '');
  const folder = from.configFile.replace(/\/[^/]+$/, '');
  const entries = [
    entry(`file:${folder}/old/hosts.toml`, { path: `${folder}/old/hosts.toml` }),
    entry('file:/etc/elsewhere', { path: '/etc/elsewhere' }),
    entry(`file:${folder}-of-a-person`, { path: `${folder}-of-a-person` }),
  ];
  expect(retiredEntries(context, phases, entries).map(({ id }) => id)).toEqual([`file:${folder}/old/hosts.toml`]);
});

function binaryOf(name: string) {
  return {
    name,
    version: '1',
    sha256: 'a'.repeat(64),
    size: 1,
    localFile: '/x',
    installPath: `/usr/local/bin/${name}`,
    links: [],
    group: 'runtime',
  } as const;
}

const PACKAGED = RUNTIMES.filter(({ packaged }) => packaged !== undefined);
const FROM_PACKAGE = PAIRS.filter(({ to }) => PACKAGED.includes(to));

describe.each(FROM_PACKAGE)("kinit's own $from.id to $to.id as a package", ({ from, to }) => {
  test('all of the former goes that the new one does not need: its units would stand before those of the package', () => {
    const old = withRuntime(from.id);
    const wanted = withRuntime(to.id, 'distribution');
    const gone = retiredEntries(
      wanted.context,
      phases,
      old.ids.map((id) => entry(id)),
    ).map(({ id }) => id);
    for (const unit of from.units) expect(gone).toContain(`file:/etc/systemd/system/${unit}.service`);
    expect(gone.filter((id) => wanted.ids.includes(id))).toEqual([]);
  });
});
