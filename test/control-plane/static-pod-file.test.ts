import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { staticPodFile } from '../../src/control-plane/static-pod-file.js';
import type { Step } from '../../src/model/resource.js';
import { fileKind, type FileResource } from '../../src/resources/file/index.js';
import { sh, shellScript } from '../../src/shell/script.js';
import { run, SHELLS, withFolder, type Ran, type Shell } from '../resources/sh.js';
import { makeContext } from '../templates/context.js';

const EXCHANGE = shellScript('../../src/control-plane/exchange-static-pod.sh', import.meta.url);
const POD = 'kube-system_etcd-node1';

test('one that is there makes way before the next is put in its place; the first is written at once', () => {
  const resource = staticPodFile('etcd', 'new', makeContext().node) as FileResource;
  const steps = (type: 'absent' | 'file'): readonly Step[] =>
    fileKind.apply(resource, { type, sha256: '', mode: 0o600, owners: ['root'], groups: ['root'] });
  const paths = (all: readonly Step[]): string[] =>
    all.flatMap((step) => (step.do === 'upload' ? step.files.map(({ path }) => path) : step.do));
  expect(paths(steps('absent'))).toEqual(['/etc/kubernetes/manifests/etcd.yaml']);
  expect(paths(steps('file'))).toEqual(['/etc/kubernetes/etcd.yaml.kinit-new', 'script']);
});

interface Host {
  readonly manifest: string;
  /** What is left of the old pod. */
  readonly cgroup: string;
  /** File with the process that exchanges them. */
  readonly pid: string;
}

interface Exchange {
  readonly kubelet?: boolean;
  /** A container of the old pod runs. */
  readonly runs?: boolean;
  /** Folders of logs that are there. */
  readonly logs?: readonly string[];
  /** Runs beside it, once the old manifest has gone. */
  readonly during?: (host: Host) => string;
}

/** Gives how it ended, and whether the old pod was waited for to its end. */
function exchange(shell: Shell, options: Exchange): Ran & { readonly ended: boolean } {
  const { kubelet = true, runs = true, logs = [`${POD}_abc`, `${POD}_gone`], during = () => ':' } = options;
  return withFolder((folder) => {
    const host = {
      manifest: `${folder}/etcd.yaml`,
      cgroup: `${folder}/cgroup/memory/kubepods.slice/kubepods-podabc.slice`,
      pid: `${folder}/pid`,
    };
    for (const name of ['', ...logs]) mkdirSync(`${folder}/logs/${name}`, { recursive: true });
    mkdirSync(host.cgroup, { recursive: true });
    writeFileSync(host.manifest, 'old');
    writeFileSync(`${folder}/new`, 'new');
    const args = [host.manifest, `${folder}/new`, POD, `${folder}/logs`, `${folder}/cgroup`, '2'];
    const stubs = `systemctl() {
      [ "$1" != restart ] || echo "$*"
      sh -c 'echo $PPID' > '${host.pid}'
      ${String(kubelet)}
    }
    timeout() { shift; "$@"; }
    crictl() { ${runs ? 'echo id' : ':'}; }`;
    const beside = `(
      n=0
      while [ "$(cat '${host.manifest}' 2> /dev/null)" = old ] && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
      ${during(host)}
    ) &`;
    const ran = run(shell, `${stubs}\n${beside}\n${sh(EXCHANGE, { args })}\ncode=$?; wait; exit $code`);
    expect(readFileSync(host.manifest, 'utf8')).toBe('new');
    expect(existsSync(`${folder}/new`)).toBe(false);
    return { ...ran, ended: !existsSync(host.cgroup) };
  });
}

const QUIET = { code: 0, stdout: '', stderr: '' };

test.each(SHELLS)('%s: the new manifest comes when nothing is left of the old pod', (shell) => {
  const during = ({ manifest, cgroup }: Host): string =>
    `sleep 0.5; [ ! -e '${manifest}' ] || echo 'too early'; rmdir '${cgroup}'`;
  expect(exchange(shell, { during })).toEqual({ ...QUIET, ended: true });
});

test.each(SHELLS)('%s: a kubelet that does not end it is started again, with the new manifest there', (shell) => {
  expect(exchange(shell, {})).toEqual({
    ...QUIET,
    stdout: 'the kubelet does not end etcd-node1: starting it again\nrestart kubelet\n',
    ended: false,
  });
});

test.each(
  SHELLS.flatMap((shell) => [
    { shell, what: 'without a kubelet', kubelet: false },
    { shell, what: 'none of whose containers runs', runs: false },
    { shell, what: 'that has no folder of logs', logs: [] },
  ]),
)('$shell: a pod $what is not waited for', ({ shell, what: _, ...options }) => {
  expect(exchange(shell, options)).toEqual({ ...QUIET, ended: false });
});

test.each(SHELLS)('%s: ended in the middle, it leaves the new manifest', (shell) => {
  const during = ({ pid }: Host): string => `kill -TERM "$(cat '${pid}')"`;
  expect(exchange(shell, { during })).toEqual({ ...QUIET, code: 1, ended: false });
});
