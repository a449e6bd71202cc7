import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.js';
import { argvsOf } from './argvs.js';
import { commandsIn, covers, patternOf, shapeOf, spansIn, type Shape, type Told } from './told-commands.js';

/** Pages that a tired person follows: each command on them is run on hosts by a test. */
const FOLLOWED = ['high-availability', 'upgrade', 'certificates', 'datastore'];
/** Of these pages, the commands of kinit that stand by themselves. */
const MORE = ['embedded', 'kubeadm'];

const TESTS = new URL('../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, TESTS), 'utf8');
/** What runs on hosts: tests, and what several of them share. */
const FILES = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(?!cli\/).*\.[a-z0-9-]+\.test\.ts$|^(e2e|failover|kernels|upgrade)\/.*\.ts$/.test(name))
  .map((name) => ({ name, text: textOf(name) }));

const NAMES = new Set(commands.flatMap(({ exitCodes }) => Object.keys(exitCodes)));
const RUN = FILES.flatMap(({ name, text }) => argvsOf(name, text)).flatMap((words) => shapeOf(words, NAMES) ?? []);

/** What is not seen in a test by its words alone: which one runs it, and what stands there. */
const RUN_BY: Readonly<
  Record<string, { readonly file: string; readonly test: string; readonly words: readonly string[] }>
> = {
  'kubectl config use-context': {
    file: 'e2e/ha.e2e.test.ts',
    test: 'the first host goes off under writes: none that was acknowledged is lost; plan, init and status work without it',
    words: ['kubectl config use-context ${name}@node3'],
  },
  'kubectl --context NAME@node3': {
    file: 'e2e/ha.e2e.test.ts',
    test: 'the first host goes off under writes: none that was acknowledged is lost; plan, init and status work without it',
    words: ['kubectl --context ${name}@node3 get nodes'],
  },
  'kinit reset -i lost.yaml': {
    file: 'failover/quorum.failover.test.ts',
    test: 'those that were lost come back, are reset, and join as new members',
    words: ["['reset', '--yes', '-i', lost]"],
  },
  '--to 1.36.3': {
    file: 'upgrade/several.ts',
    test: 'killed between two control planes and while a worker is empty, it goes on to the end',
    words: ["'--to', TO", "kinitEvents(['upgrade', ...named]"],
  },
  '--drain-timeout 15m': {
    file: 'upgrade/several.ts',
    test: 'killed between two control planes and while a worker is empty, it goes on to the end',
    words: ["'--drain-timeout', '10m'", "kinitEvents(['upgrade', ...named]"],
  },
  'kinit artifacts build --kubernetes-version 1.35.4': {
    file: '../scripts/test.js',
    test: 'artifacts (${version})',
    words: ["'artifacts', 'build'", "'--kubernetes-version'"],
  },
  '--control-plane embedded': {
    file: '../scripts/test.js',
    test: 'artifacts (${version})',
    words: ["'artifacts', 'build'", "'--control-plane', 'embedded', '--kubernetes-version'"],
  },
  'sign() { # folder of requests, certificate and key of the CA': {
    file: 'external-ca/external-ca.external-ca.test.ts',
    test: 'without answers nothing is touched; with them the cluster is made, and no key of a CA is on a host',
    words: ['docs/certificates.md'],
  },
  'ssh root@node1 systemctl start kinit-datastore-backup': {
    file: 'e2e/support/datastore-care.ts',
    test: 'the host makes backups by itself, keeps the last ones, and they are listed',
    words: ['systemctl start ${unit}.service', "unit = 'kinit-datastore-backup'"],
  },
  'scp root@node1:/var/backups/kinit/demo-20261128T060000Z.backup .': {
    file: 'e2e/support/datastore-care.ts',
    test: 'the host makes backups by itself, keeps the last ones, and they are listed',
    words: ['await scp(cluster()', "'/var/backups/kinit'"],
  },
  'etcdctl snapshot save': {
    file: 'e2e/works.e2e.test.ts',
    test: 'testDatastoreCare({',
    words: ['etcdutl snapshot status -w json snapshot.db'],
  },
};

/** Told, and nothing that a test here can run, with the reason. */
const NOBODY_RUNS: Readonly<Record<string, string>> = {
  'step ca sign NAME.csr NAME.crt': 'the page says so: no step-ca here',
  'vault write -field=certificate pki/sign-verbatim csr=@NAME.csr ext_key_usage=ServerAuth ttl=8760h > NAME.crt':
    'the page says so: no Vault here',
  '--bump-revision': 'an option of etcdutl, which the restore gives it',
  '--mark-compacted': 'an option of etcdutl, which the restore gives it',
  '--emulated-version': 'a flag of API servers, which a soak gives them',
};

const told = [...FOLLOWED, ...MORE].flatMap((page) => {
  const text = textOf(`../docs/${page}.md`);
  const here = MORE.includes(page)
    ? commandsIn(text).filter((each) => each.text.startsWith('kinit '))
    : [...spansIn(text), ...commandsIn(text)];
  return [...new Map(here.map((each) => [each.text, each])).values()].map((each) => ({ page, ...each }));
});

function shapesOn(page: string): readonly Shape[] {
  return told.filter((each) => each.page === page).flatMap(({ text }) => kinitOf(text) ?? []);
}

function kinitOf(text: string): Shape | undefined {
  return text.startsWith('kinit ') ? shapeOf(text.split(/ +/).slice(1), NAMES) : undefined;
}

function isRun(page: string, { text, whole }: Told): boolean {
  if (text.startsWith('--')) {
    const [option = ''] = text.split(/[ =]/);
    const here = new Set(shapesOn(page).map(({ command }) => command));
    return RUN.some(({ command, options }) => here.has(command) && options.has(option));
  }
  if (text.startsWith('kinit ')) {
    const shape = kinitOf(text);
    return shape !== undefined && RUN.some((run) => covers(run, shape, whole));
  }
  const pattern = patternOf(text);
  return FILES.some((file) => pattern.test(file.text));
}

test.each(told.map(({ page, text, whole }) => [page, text, whole] as const))(
  'docs/%s.md: %s is run by a test on hosts',
  (page, text, whole) => {
    if (text in NOBODY_RUNS) return;
    const by = RUN_BY[text];
    if (by === undefined) {
      expect(isRun(page, { text, whole }), 'run by no test that could be found').toBe(true);
      return;
    }
    const file = textOf(by.file);
    expect(
      [by.test, ...by.words].filter((each) => !file.includes(each)),
      `what test/${by.file} has not`,
    ).toEqual([]);
  },
);

test('nothing stands in the tables that no page tells any more', () => {
  const texts = new Set(told.map(({ text }) => text));
  expect([...Object.keys(RUN_BY), ...Object.keys(NOBODY_RUNS)].filter((text) => !texts.has(text))).toEqual([]);
});

test('there are commands on these pages', () => {
  for (const page of [...FOLLOWED, ...MORE]) expect(shapesOn(page), page).not.toEqual([]);
});
