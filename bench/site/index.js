// Many hosts on one machine. Two hosts of a lab, a control plane and a worker, are asked by kinit through a server that keeps what was
// asked and answered; then as many SSH servers as are wanted answer like them, each as a host of its own (name, address, machine id).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { askOwn } from './record.js';

const ORDER_MS = 120_000;

/** A process with hosts in it, and a folder for inventories and keys. Call `close` in the end. */
export async function openSite() {
  const child = fork(fileURLToPath(new URL('site.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const folder = mkdtempSync(join(tmpdir(), 'kinit-bench-'));
  const waiting = new Map();
  let last = 0;
  child.on('message', ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id) ?? {};
    waiting.delete(id);
    if (error === undefined) resolve?.(answer);
    else reject?.(new Error(error));
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process with the hosts has ended'));
  });
  const order = (name, values = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      const timer = setTimeout(() => reject(new Error(`the hosts did not ${name} in time`)), ORDER_MS);
      const settle = (act) => (value) => {
        clearTimeout(timer);
        act(value);
      };
      waiting.set(last, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ id: last, do: name, ...values });
    });
  const hostKey = await order('key');
  const [type, key] = hostKey.public.split(' ');
  writeFileSync(join(folder, 'id'), hostKey.private, { mode: 0o600 });

  const inventory = (name, hosts, ports, options) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(join(folder, 'known_hosts'), ports.map((port) => `[127.0.0.1]:${port} ${type} ${key}\n`).join(''));
    writeFileSync(
      file,
      stringify({
        ...options,
        name: 'bench',
        // Each host gets a /24.
        network: { podCIDR: '10.128.0.0/12' },
        ssh: { user: 'root', identityFile: 'id', knownHostsFile: 'known_hosts' },
        hosts: hosts.map(({ name, address, role }, index) => ({
          name,
          address: '127.0.0.1',
          internalAddress: address,
          roles: [role],
          ssh: { port: ports[index] },
        })),
      }),
    );
    return file;
  };

  return {
    /** What the hosts of a lab answer while `work(inventoryFile)` runs. */
    async record(lab, work) {
      const models = {};
      const upstreams = lab.hosts.map(({ name, address }) => ({
        name,
        host: address,
        port: 22,
        username: 'root',
        privateKey: lab.key,
      }));
      const ports = await order('record', { hosts: upstreams, hostKey: hostKey.private });
      try {
        await work(inventory('recorded', lab.hosts, ports, lab.options));
        const recorded = await order('recorded');
        for (const [index, host] of lab.hosts.entries())
          models[host.name] = { ...recorded[host.name], ...host, own: await askOwn(upstreams[index]) };
      } finally {
        await order('close');
      }
      return { models, options: lab.options };
    },
    /** `count` hosts that answer as recorded while `work(inventoryFile)` runs; gives what it gives, and what the hosts saw. */
    async replay({ models, options }, count, answerMs, work) {
      const [first, second] = Object.values(models);
      const hosts = Array.from({ length: count }, (_, index) => ({
        name: `node${index + 1}`,
        address: addressOf(index),
        role: index === 0 ? 'control-plane' : 'worker',
        model: index === 0 ? first.name : second.name,
      }));
      const hostLines = Buffer.from(hosts.map(({ name, address }) => `${address} ${name}\n`).join('')).toString(
        'base64',
      );
      const ports = await order('replay', { hosts, models, hostKey: hostKey.private, answerMs, hostLines });
      try {
        const result = await work(inventory(`hosts${count}`, hosts, ports, options));
        return { result, seen: await order('seen') };
      } finally {
        await order('close');
      }
    },
    async close() {
      child.disconnect();
      if (child.exitCode === null)
        await Promise.race([once(child, 'exit'), new Promise((resolve) => setTimeout(resolve, 5000))]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function addressOf(index) {
  return `10.77.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}
