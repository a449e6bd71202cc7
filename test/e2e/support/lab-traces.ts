import { readFileSync, readdirSync } from 'node:fs';
import { labNames } from '../../../src/lab/state/paths.js';
import { runLocal } from '../../../src/ssh/local.js';

/** Everything on this machine that carries the lab's name, found without asking the code under test. */
export async function labTraces(name: string): Promise<string[]> {
  // What tells its links from those of other labs.
  const link = labNames(name).bridge.slice(-6);
  const labs = '"${XDG_STATE_HOME:-$HOME/.local/state}"/kinit/lab';
  const found = await Promise.all([
    lines('mount', `cat /proc/[0-9]*/mountinfo | grep -F /${name}/ | sort -u`),
    lines('link', `ls /sys/class/net | grep -E '^kn-|^vb-' | grep -F ${link}`),
    lines('rule', `nft list tables | grep -F ${name.replaceAll('-', '_')}; iptables-save | grep -F ${name}`),
    lines('cgroup', `find /sys/fs/cgroup -name 'kinit-lab-*${name}'`),
    lines('file', `ls -d ${labs}/*${name}*; ls -A ${labs} | grep -F .${name}`),
    lines('file', `ls /run/systemd/nspawn/propagate | grep -F ${link}; ls /run/kinit-lab/labs | grep -F ${name}`),
    lines('loop', `losetup -a | grep -F /${name}/`),
    lines('route', `ip route show | grep -F kn- | grep -F ${link}`),
  ]);
  return [...found.flat(), ...labProcesses(name).map(({ pid, command }) => `process ${pid} ${command}`)];
}

async function lines(kind: string, script: string): Promise<string[]> {
  const { stdout } = await runLocal('sh', ['-c', `{ ${script}; } 2>/dev/null || true`]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${kind} ${line}`);
}

/** Processes of a lab, or of one of its hosts. */
export function labProcesses(name: string, host = ''): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'utf8');
        const command = read('cmdline').replaceAll('\0', ' ').trim();
        const own = read('cgroup').includes(`-${name}/${host}`) || command.includes(`/${name}/hosts/${host}`);
        return own && !/^State:\t[ZX]/m.test(read('status')) ? [{ pid: Number(pid), command }] : [];
      } catch {
        // Ended between listing and reading.
        return [];
      }
    });
}
