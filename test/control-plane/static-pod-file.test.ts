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

/** @param during runs beside it, once the old manifest has gone */
function exchange(
  shell: Shell,
  kubelet: boolean,
  during: (host: Host) => string,
  look: (host: Host, ran: Ran) => void,
) {
  withFolder((folder) => {
    const host = {
      manifest: `${folder}/etcd.yaml`,
      cgroup: `${folder}/cgroup/memory/kubepods.slice/kubepods-podabc.slice`,
      pid: `${folder}/pid`,
    };
    mkdirSync(`${folder}/logs/${POD}_abc`, { recursive: true });
    mkdirSync(`${folder}/logs/${POD}_gone`);
    mkdirSync(host.cgroup, { recursive: true });
    writeFileSync(host.manifest, 'old');
    writeFileSync(`${folder}/etcd.yaml.kinit-new`, 'new');
    const args = [host.manifest, `${folder}/etcd.yaml.kinit-new`, POD, `${folder}/logs`, `${folder}/cgroup`];
    const beside = `(
      n=0
      while [ -e '${host.manifest}' ] && [ $n -lt 100 ]; do sleep 0.05; n=$((n + 1)); done
      ${during(host)}
    ) & `;
    const systemctl = `systemctl() { sh -c 'echo $PPID' > '${host.pid}'; ${kubelet ? 'true' : 'false'}; }`;
    const ran = run(
      shell,
      `${systemctl}\n${kubelet ? beside : ''}\n${sh(EXCHANGE, { args })}\ncode=$?; wait; exit $code`,
    );
    expect({ code: ran.code, stderr: ran.stderr, left: existsSync(`${folder}/etcd.yaml.kinit-new`) }).toMatchObject({
      left: false,
    });
    expect(readFileSync(host.manifest, 'utf8')).toBe('new');
    look(host, ran);
  });
}

test.each(SHELLS)('%s: the new manifest comes when nothing is left of the old pod', (shell) => {
  exchange(
    shell,
    true,
    ({ manifest, cgroup }) => `sleep 0.5; [ -e '${manifest}' ] && echo 'too early'; rmdir '${cgroup}'`,
    ({ cgroup }, ran) => {
      expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(existsSync(cgroup)).toBe(false);
    },
  );
});

test.each(SHELLS)('%s: without a kubelet nobody ends the old pod, and it is not waited for', (shell) => {
  exchange(
    shell,
    false,
    () => ':',
    ({ cgroup }, ran) => {
      expect(ran).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(existsSync(cgroup)).toBe(true);
    },
  );
});

test.each(SHELLS)('%s: ended in the middle, it leaves the new manifest', (shell) => {
  exchange(
    shell,
    true,
    ({ pid }) => `kill -TERM "$(cat '${pid}')"`,
    (_, ran) => expect(ran.code).toBe(1),
  );
});
