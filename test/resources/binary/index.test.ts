import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BinaryArtifact } from '../../../src/model/artifact.js';
import { binary, binaryKind, type BinarySeen } from '../../../src/resources/binary/index.js';
import {
  observeText,
  parseAnswer,
  reason,
  run,
  SHELLS,
  withHost,
  type FakeHost,
  type Shell,
  undoTexts,
} from '../sh.js';

const ROOT = process.getuid?.() === 0;

function artifact(root: string, content: string): BinaryArtifact {
  return {
    name: 'kube',
    version: '1.36.3',
    localFile: '/store/kube',
    sha256: createHash('sha256').update(content).digest('hex'),
    size: content.length,
    installPath: `${root}/bin dir/kube`,
    links: [`${root}/bin dir/kubelet`, `${root}/bin dir/kubectl`],
    group: 'kubernetes',
  };
}

function look(host: FakeHost, shell: Shell, a: BinaryArtifact, more: { readonly sameAs?: string } = {}): BinarySeen {
  const result = run(shell, host.inside(observeText(binaryKind, binary({ artifact: a, ...more }))));
  expect(result.stderr).toBe('');
  const seen = parseAnswer(binaryKind, binary({ artifact: a }), result.stdout);
  if (seen === undefined) throw new Error('no parse');
  return seen;
}

function install(
  host: FakeHost,
  shell: Shell,
  a: BinaryArtifact,
  content: string,
  more: { readonly holds?: readonly string[]; readonly sameAs?: string } = {},
): void {
  const steps = binaryKind.apply(binary({ artifact: a, ...more }), look(host, shell, a, more));
  for (const step of steps) {
    if (step.do === 'upload') {
      run(shell, `mkdir -p '${host.root}/bin dir' && rm -f '${a.installPath}'`);
      writeFileSync(a.installPath, content, { mode: 0o755 });
    } else if (step.do === 'script')
      expect(run(shell, host.inside(step.script))).toMatchObject({ code: 0, stderr: '' });
  }
}

for (const shell of SHELLS) {
  test.runIf(ROOT)(`${shell}: nothing to do after an installation, and nothing is hashed to know that`, () => {
    withHost((host) => {
      const a = artifact(host.root, 'program');
      install(host, shell, a, 'program');
      for (const hashing of ['openssl', 'sha256sum']) host.command(hashing, 'cat > /dev/null; echo never -');
      expect(binaryKind.diff(binary({ artifact: a }), look(host, shell, a))).toEqual({
        changed: false,
        reason: 'kube 1.36.3 is installed',
      });
      expect(host.calls()).toEqual([]);
      expect(readlinkSync(`${host.root}/bin dir/kubelet`)).toBe(a.installPath);
    });
  });

  test.runIf(ROOT)(`${shell}: a file changed behind kinit's back, even with the old time, is seen`, () => {
    withHost((host) => {
      const a = artifact(host.root, 'program');
      install(host, shell, a, 'program');
      writeFileSync(`${a.installPath}.new`, 'PROGRAM', { mode: 0o755 });
      utimesSync(`${a.installPath}.new`, 1, 1);
      run(shell, `touch -r '${a.installPath}' '${a.installPath}.new' && mv '${a.installPath}.new' '${a.installPath}'`);
      expect(reason(binaryKind.diff(binary({ artifact: a }), look(host, shell, a)))).toContain(
        'another one is installed',
      );
    });
  });

  test.runIf(ROOT)(`${shell}: a link that points elsewhere is corrected without sending the program again`, () => {
    withHost((host) => {
      const a = artifact(host.root, 'program');
      install(host, shell, a, 'program');
      run(shell, `ln -sfn /elsewhere '${host.root}/bin dir/kubelet'`);
      const seen = look(host, shell, a);
      expect(reason(binaryKind.diff(binary({ artifact: a }), seen))).toBe(
        `missing links: ${host.root}/bin dir/kubelet`,
      );
      expect(binaryKind.apply(binary({ artifact: a }), seen).map((step) => step.do)).toEqual(['script']);
      install(host, shell, a, 'program');
      expect(binaryKind.diff(binary({ artifact: a }), look(host, shell, a)).changed).toBe(false);
    });
  });

  test.runIf(ROOT)(`${shell}: a link that is held stays with the program of before, until it is the artifact's`, () => {
    withHost((host) => {
      const before = artifact(host.root, 'program');
      install(host, shell, before, 'program');
      const [held = '', other = ''] = before.links;
      const later = { ...artifact(host.root, 'later'), links: [other] };
      const holds = [held, `${host.root}/none`];
      install(host, shell, later, 'later', { holds });
      expect([held, other].map((path) => readFileSync(path, 'utf8'))).toEqual(['program', 'later']);
      // Again, as in a run that goes on: with the program of before gone there is nothing to hold.
      install(host, shell, later, 'later', { holds });
      expect({ held: readFileSync(held, 'utf8'), none: existsSync(`${host.root}/none`) }).toEqual({
        held: 'program',
        none: false,
      });
      const whole = artifact(host.root, 'later');
      expect(reason(binaryKind.diff(binary({ artifact: whole }), look(host, shell, whole)))).toBe(
        `missing links: ${held}`,
      );
      install(host, shell, whole, 'later');
      expect({ link: lstatSync(held).isSymbolicLink(), text: readFileSync(held, 'utf8') }).toEqual({
        link: true,
        text: 'later',
      });
    });
  });

  test.runIf(ROOT)(
    `${shell}: a program that lies on the host under another name gets one more, and stays when that goes on`,
    () => {
      withHost((host) => {
        const server = artifact(host.root, 'program');
        install(host, shell, server, 'program');
        const [agent = '', kubelet = ''] = server.links;
        const apart = { ...server, name: 'agent', installPath: agent, links: [kubelet] };
        const steps = binaryKind.apply(
          binary({ artifact: apart, sameAs: server.installPath }),
          look(host, shell, apart, { sameAs: server.installPath }),
        );
        expect(steps.map((step) => step.do)).toEqual(['script', 'script']);
        install(host, shell, apart, 'never sent', { sameAs: server.installPath });
        install(host, shell, { ...artifact(host.root, 'later'), links: [] }, 'later', { holds: server.links });
        expect([agent, kubelet].map((path) => readFileSync(path, 'utf8'))).toEqual(['program', 'program']);
        expect(readlinkSync(kubelet)).toBe(agent);
        const seen = look(host, shell, apart, { sameAs: server.installPath });
        expect(binaryKind.diff(binary({ artifact: apart }), seen).changed).toBe(false);
      });
    },
  );

  test.runIf(ROOT)(`${shell}: to another disk it is copied, and nothing is sent`, () => {
    withHost((host) => {
      const there = artifact(host.root, 'program');
      install(host, shell, there, 'program');
      host.command('ln', 'echo "ln: Invalid cross-device link" >&2; exit 1');
      const beside = { ...there, name: 'beside', installPath: `${host.root}/bin dir/beside`, links: [] };
      const more = { sameAs: there.installPath };
      const [bring] = binaryKind.apply(binary({ artifact: beside, ...more }), look(host, shell, beside, more));
      expect(bring?.do).toBe('script');
      if (bring?.do === 'script') expect(run(shell, host.inside(bring.script))).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(beside.installPath, 'utf8')).toBe('program');
    });
  });

  test.runIf(ROOT)(
    `${shell}: undo removes program, links, stamp and the folder made for them, or brings the one before back`,
    () => {
      for (const before of [undefined, 'theirs']) {
        withHost((host) => {
          const a = artifact(host.root, 'program');
          if (before !== undefined) {
            run(shell, `mkdir '${host.root}/bin dir'`);
            writeFileSync(a.installPath, before, { mode: 0o700 });
          }
          const undo = undoTexts(binaryKind, binary({ artifact: a }), look(host, shell, a));
          expect(run(shell, host.inside(undo?.save ?? 'false'), { D: host.saved }).code).toBe(0);
          install(host, shell, a, 'program');
          expect(run(shell, host.inside(undo?.restore ?? 'false'), { D: host.saved })).toMatchObject({
            code: 0,
            stderr: '',
          });
          expect(existsSync(`${host.root}/bin dir`)).toBe(before !== undefined);
          expect(existsSync(`${host.root}/var/lib/kinit/binaries/kube`)).toBe(false);
          if (before !== undefined) expect(readFileSync(a.installPath, 'utf8')).toBe(before);
        });
      }
    },
  );
}

for (const shell of SHELLS) {
  const withOrigin = (host: FakeHost, member: string): BinaryArtifact => {
    host.write(`/origin/${member === '' ? 'kube' : member}`, 'program');
    const file = `${host.root}/origin/${member === '' ? 'kube' : 'a.tgz'}`;
    if (member !== '') run('dash', `tar -czf '${file}' -C '${host.root}/origin' ./${member}`);
    // The origin is a folder; the file's name comes behind -o.
    host.command(
      'curl',
      `for word; do last=$word; done; while [ "$1" != -o ]; do shift; done; echo "$last $https_proxy" >> '${host.root}/asked'; cp "\${last#https://origin}" "$2"`,
    );
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    const download = { url: `https://origin${file}`, sha256, ...(member === '' ? {} : { member }) };
    return { ...artifact(host.root, 'program'), download };
  };
  const steps = (a: BinaryArtifact, host: FakeHost): string[] =>
    binaryKind
      .apply(binary({ artifact: a, pull: { environment: { https_proxy: 'http://p:1' } } }), look(host, shell, a))
      .flatMap((step) => (step.do === 'script' ? [host.inside(step.script)] : []));
  const fetch = (a: BinaryArtifact, host: FakeHost): ReturnType<typeof run> => run(shell, steps(a, host)[0] ?? '');

  test.each(['', 'bin/kube'])(`${shell}: a host fetches a program for itself (member "%s")`, (member) => {
    withHost((host) => {
      const a = withOrigin(host, member);
      expect(fetch(a, host)).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(a.installPath, 'utf8')).toBe('program');
      expect(readFileSync(`${host.root}/asked`, 'utf8')).toBe(`${a.download?.url ?? ''} http://p:1\n`);
    });
  });

  test(`${shell}: an archive with several programs is fetched once`, () => {
    withHost((host) => {
      const a = withOrigin(host, 'bin/kube');
      const second = { ...a, name: 'other', installPath: `${host.root}/bin dir/other` };
      for (const each of [a, second]) expect(fetch(each, host).code).toBe(0);
      expect(readFileSync(`${host.root}/asked`, 'utf8').trim().split('\n')).toHaveLength(1);
    });
  });

  test(`${shell}: what is not the file it should be is not installed, and both digests are said`, () => {
    withHost((host) => {
      const a = withOrigin(host, '');
      const other = 'f'.repeat(64);
      const changed = { ...a, download: { url: a.download?.url ?? '', sha256: other } };
      const { code, stderr } = fetch(changed, host);
      expect(code).toBe(1);
      expect(stderr).toContain(`its sha256 is ${a.sha256}, kinit.lock.json says ${other}`);
      expect(existsSync(a.installPath)).toBe(false);
    });
  });

  test(`${shell}: an origin that does not answer is named`, () => {
    withHost((host) => {
      const a = withOrigin(host, '');
      host.command('curl', 'echo "curl: (6) Could not resolve host: origin" >&2; exit 6');
      const { code, stderr } = fetch(a, host);
      expect(code).toBe(1);
      expect(stderr).toContain('Could not resolve host');
      expect(stderr).toContain(`${a.download?.url ?? ''} could not be fetched`);
    });
  });
}
