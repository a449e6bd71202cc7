import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { expect, test } from 'vitest';
import { setAside, setAsideKind } from '../../../src/resources/set-aside/index.js';
import { type FakeHost, must, run, SHELLS, type Shell, undoTexts, withHost } from '../sh.js';

const OLD = new Date('2020-02-02T02:02:02Z');

/** The three steps as the engine does them, on the fake host. */
function steps(shell: Shell, { inside, saved, root }: FakeHost, path: string, remade = false) {
  const r = setAside({ path: `${root}${path}`, remade });
  const undo = undoTexts(setAsideKind, r, { there: true });
  const [step] = setAsideKind.apply(r, { there: true });
  return {
    there: () => setAsideKind.parse?.(r, must(shell, inside(setAsideKind.observe?.(r) ?? ''))).there,
    save: () => must(shell, `set -eu\n${inside(undo?.save ?? '')}`, { D: saved }),
    move: () => run(shell, inside(step?.do === 'script' ? step.script : '')),
    restore: () => run(shell, inside(undo?.restore ?? ''), { D: saved }),
  };
}

/** All there is below a path: names, types, modes, times, targets. */
const listing = (path: string): string =>
  execFileSync('find', [path, '-printf', '%P %y %m %T@ %l\n'], { encoding: 'utf8' }).split('\n').sort().join('\n');

for (const shell of SHELLS) {
  test(`${shell}: a file comes back as it was, and so does the time of its folder`, () => {
    withHost((host) => {
      host.write('/etc/cni/net.d/05-other.conf', 'old');
      utimesSync(`${host.root}/etc/cni/net.d/05-other.conf`, OLD, OLD);
      utimesSync(`${host.root}/etc/cni/net.d`, OLD, OLD);
      const before = listing(`${host.root}/etc/cni`);
      const { there, save, move, restore } = steps(shell, host, '/etc/cni/net.d/05-other.conf');
      expect(there()).toBe(true);
      save();
      expect(move()).toMatchObject({ code: 0, stderr: '' });
      expect(there()).toBe(false);
      expect(host.read(`/var/lib/kinit/set-aside${host.root}/etc/cni/net.d/05-other.conf`)).toBe('old');
      expect(restore()).toMatchObject({ code: 0, stderr: '' });
      expect(listing(`${host.root}/etc/cni`)).toBe(before);
      // Stopped in the middle, it is run again.
      expect(restore().code).toBe(0);
      expect(listing(`${host.root}/etc/cni`)).toBe(before);
    });
  });

  test(`${shell}: a link is moved itself, not what it points to`, () => {
    withHost((host) => {
      host.write('/var/lib/kubelet/pki/real.pem', 'key');
      symlinkSync('real.pem', `${host.root}/var/lib/kubelet/pki/current.pem`);
      const { save, move, restore } = steps(shell, host, '/var/lib/kubelet/pki/current.pem');
      save();
      expect(move().code).toBe(0);
      expect(existsSync(`${host.root}/var/lib/kubelet/pki/current.pem`)).toBe(false);
      expect(host.read('/var/lib/kubelet/pki/real.pem')).toBe('key');
      expect(restore().code).toBe(0);
      expect(readlinkSync(`${host.root}/var/lib/kubelet/pki/current.pem`)).toBe('real.pem');
    });
  });

  test(`${shell}: a folder that is a link keeps its place, what is in it goes and comes back`, () => {
    withHost((host) => {
      host.write('/data/store/member/db', 'old');
      host.write('/data/store/.hidden', 'too');
      mkdirSync(`${host.root}/var/lib`, { recursive: true });
      symlinkSync(`${host.root}/data/store`, `${host.root}/var/lib/store`);
      utimesSync(`${host.root}/data/store`, OLD, OLD);
      const before = listing(`${host.root}/data`);
      const { there, save, move, restore } = steps(shell, host, '/var/lib/store', true);
      save();
      expect(move()).toMatchObject({ code: 0, stderr: '' });
      expect(lstatSync(`${host.root}/var/lib/store`).isSymbolicLink()).toBe(true);
      expect(listing(`${host.root}/data/store`)).toMatch(/^\n d \S+ \S+ $/);
      expect(there()).toBe(false);
      host.write('/data/store/member/db', 'of the cluster');
      host.write('/data/store/came/later', 'of the cluster');
      expect(restore()).toMatchObject({ code: 0, stderr: '' });
      expect(listing(`${host.root}/data`)).toBe(before);
      expect(host.read('/data/store/member/db')).toBe('old');
    });
  });

  test(`${shell}: what the cluster makes anew goes; what somebody else does is not overwritten, and nothing is lost`, () => {
    withHost((host) => {
      host.write('/etc/own', 'old');
      const own = steps(shell, host, '/etc/own', true);
      own.save();
      own.move();
      host.write('/etc/own', 'of the cluster');
      expect(own.restore().code).toBe(0);
      expect(host.read('/etc/own')).toBe('old');
    });
    withHost((host) => {
      host.write('/etc/other', 'old');
      const other = steps(shell, host, '/etc/other');
      other.save();
      other.move();
      host.write('/etc/other', 'new');
      expect(other.move()).toMatchObject({ code: 1, stderr: expect.stringContaining('made anew') as string });
      expect(other.restore()).toMatchObject({ code: 1, stderr: expect.stringContaining('made anew') as string });
      expect(host.read('/etc/other')).toBe('new');
      expect(host.read(`/var/lib/kinit/set-aside${host.root}/etc/other`)).toBe('old');
    });
  });

  test(`${shell}: from another file system it is a copy, and a crash at any moment loses nothing`, () => {
    withHost((host) => {
      host.command('stat', 'case "$2 $3" in *%d*) echo "$4" | cksum ;; *) exec /usr/bin/stat "$@" ;; esac');
      const store = `${host.root}/var/lib/kinit/set-aside${host.root}/etc`;
      const { save, move, restore } = steps(shell, host, '/etc/file');
      host.write('/etc/file', 'old');
      utimesSync(`${host.root}/etc/file`, OLD, OLD);
      save();
      // The copy was begun.
      host.write(`/var/lib/kinit/set-aside${host.root}/etc/file.kinit-part`, 'o');
      expect(move()).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(`${store}/file`, 'utf8')).toBe('old');
      expect(lstatSync(`${store}/file`).mtime).toEqual(OLD);
      // The copy was whole, and the original half deleted.
      execFileSync('mv', [`${store}/file`, `${store}/file.kinit-copied`]);
      host.write('/etc/file', 'remains');
      expect(restore()).toMatchObject({ code: 0, stderr: '' });
      expect(host.read('/etc/file')).toBe('old');
      expect(existsSync(`${store}/file`)).toBe(false);
      expect(existsSync(`${store}/file.kinit-copied`)).toBe(false);
    });
  });

  test(`${shell}: nothing there is nothing to do, and an undo without a move puts nothing back`, () => {
    withHost((host) => {
      const { there, save, move, restore } = steps(shell, host, '/etc/none');
      expect(there()).toBe(false);
      save();
      expect(move().code).toBe(0);
      expect(restore().code).toBe(0);
      writeFileSync(`${host.root}/etc/none`, 'came later');
      expect(restore().code).toBe(0);
      expect(host.read('/etc/none')).toBe('came later');
    });
  });
}
