// Time to a healthy control plane: `kinit init` against the stock `kubeadm init`, on the same host, in turns, with
// programs, packages and images in place. Run it with: npm run bench:control-plane [-- ROUNDS]
// Healthy is what kubeadm waits for: /livez of the API server, /healthz of the controller manager, /livez of the
// scheduler. kubeadm's clock starts when the host gets the command, kinit's when its process is
// started. kinit leaves out its last phase, the check of the whole cluster, which kubeadm does not have.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { connect as tlsConnect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { createConnector } from '../dist/ssh/index.js';

const BIN = fileURLToPath(new URL('../bin/kinit.js', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 3);
const LAB = 'bench';
const MINUTE = 60_000;
/** Everything that stands before a control plane can start; both tools find it in place. */
const PREPARE =
  'hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,binaries,runtime,traces,images,kubelet';
const PARTS = {
  apiServer: { port: 6443, path: '/livez' },
  ready: { port: 6443, path: '/readyz' },
  controllerManager: { port: 10257, path: '/healthz' },
  scheduler: { port: 10259, path: '/livez' },
};

const KUBEADM_CONFIG = readFileSync(new URL('../test/e2e/support/stock-kubeadm.yaml', import.meta.url), 'utf8');

/** Back to a prepared host, after either of them: kubeadm's own reset, and what it says it leaves behind. */
const CLEAN = `kubeadm reset --force >/dev/null 2>&1
for link in cni0 flannel.1; do ip link delete "$link" 2>/dev/null; done
nft delete table ip kube-proxy 2>/dev/null; nft delete table ip6 kube-proxy 2>/dev/null
rm -rf /etc/cni/net.d/* /etc/kubernetes/* /var/lib/etcd /var/lib/cni /run/flannel /var/log/kubernetes /root/.kube`;

const kinit = (...args) => execFileSync(process.execPath, [BIN, ...args], { encoding: 'utf8', timeout: 15 * MINUTE });
const say = (text) => process.stdout.write(`${text}\n`);

say(
  `${new Date().toISOString().slice(0, 16)} UTC, ${cpus().length} CPUs (${cpus()[0].model}), ${Math.round(totalmem() / 2 ** 30)} GB, load before ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`,
);
kinit('lab', 'up', '--name', LAB, '--hosts', '1', '--memory', '4G');
const rows = [];
try {
  const file = inventoryFile();
  const connection = await connectTo(file);
  await host(connection, `cat > /root/kubeadm.yaml`, KUBEADM_CONFIG);
  for (let round = 1; round <= ROUNDS; round += 1) {
    kinit('init', '-i', file, '--only', PREPARE);
    const stock = await timed(connection, () =>
      host(connection, 'kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all'),
    );
    await host(connection, CLEAN);
    kinit('init', '-i', file, '--only', PREPARE);
    const ours = await timed(connection, () => run(['init', '-i', file, '--yes', '--skip', 'ready']));
    await host(connection, CLEAN);
    rows.push({ stock, ours });
    say(
      `round ${round}, load ${loadavg()[0].toFixed(1)}: kubeadm ${describe(stock)}; kinit ${describe(ours)}; ratio ${(ours.healthy / stock.healthy).toFixed(2)}`,
    );
  }
  await connection.close();
} finally {
  kinit('lab', 'down', '--name', LAB);
}
const RATIOS = {
  "kinit's control plane healthy / kubeadm init done": ({ stock, ours }) => ours.healthy / stock.done,
  'healthy / healthy': ({ stock, ours }) => ours.healthy / stock.healthy,
  'API ready / API ready': ({ stock, ours }) => ours.ready / stock.ready,
  'done / done': ({ stock, ours }) => ours.done / stock.done,
};
for (const [what, ratio] of Object.entries(RATIOS)) {
  const ratios = rows.map(ratio).sort((a, b) => a - b);
  say(
    `${what}: median ${ratios[Math.floor(ratios.length / 2)].toFixed(2)}, from ${ratios[0].toFixed(2)} to ${ratios.at(-1).toFixed(2)}, ${ratios.length} rounds`,
  );
}

function describe({ healthy, ready, controllerManager, scheduler, done }) {
  const seconds = (value) => `${value.toFixed(2)} s`;
  return `healthy after ${seconds(healthy)} (API ready ${seconds(ready)}, controller manager ${seconds(controllerManager)}, scheduler ${seconds(scheduler)}), done after ${seconds(done)}`;
}

function inventoryFile() {
  const labs = kinit('lab', 'list', '--output', 'json')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return join(labs.find(({ name }) => name === LAB).directory, 'inventory.yaml');
}

function connectTo(file) {
  const folder = dirname(file);
  const address = /address: (\S+)/.exec(readFileSync(file, 'utf8'))[1];
  return createConnector()({
    host: 'node1',
    address,
    port: 22,
    user: 'root',
    identityFile: join(folder, 'id_ed25519'),
    knownHostsFile: join(folder, 'known_hosts'),
    acceptNewHostKeys: false,
    connectTimeoutSeconds: 30,
    signal: new AbortController().signal,
  });
}

async function host(connection, script, stdin) {
  const result = await connection.run(script, { timeoutSeconds: 600, ...(stdin === undefined ? {} : { stdin }) });
  if (result.code !== 0)
    throw new Error(`${script}\nexit ${result.code}\n${result.stdout.slice(-3000)}\n${result.stderr.slice(-3000)}`);
}

async function run(args) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`kinit ${args.join(' ')} exited with ${code}\n${output.slice(-4000)}`);
}

/** Seconds from the start of the work until each part answered, until all had, and until the work was done. */
async function timed(connection, work) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const stop = new AbortController();
  const times = Object.fromEntries(
    Object.entries(PARTS).map(([name, part]) => [name, untilOk(connection, part, stop.signal).then(seconds)]),
  );
  const watched = Promise.all(Object.entries(times).map(async ([name, time]) => [name, await time]));
  // When the work fails, that is the error to show.
  watched.catch(() => undefined);
  try {
    await work();
    const done = seconds();
    const result = Object.fromEntries(await watched);
    return { ...result, healthy: Math.max(result.apiServer, result.controllerManager, result.scheduler), done };
  } finally {
    stop.abort();
  }
}

async function untilOk(connection, part, signal) {
  const end = Date.now() + 5 * MINUTE;
  while (Date.now() < end && !signal.aborted) {
    if (await answersOk(connection, part)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`port ${part.port}${part.path} was not ok`);
}

/** Asked from the host itself, through SSH: controller manager and scheduler listen on its loopback interface only. */
async function answersOk(connection, { port, path }) {
  let stream;
  try {
    stream = await connection.connectTcp('127.0.0.1', port);
  } catch {
    return false;
  }
  return new Promise((resolve) => {
    const give = (ok) => {
      stream.destroy();
      resolve(ok);
    };
    stream.on('error', () => give(false));
    const asked = request(
      { path, timeout: 2000, createConnection: () => tlsConnect({ socket: stream, rejectUnauthorized: false }) },
      (response) => {
        response.resume();
        give(response.statusCode === 200);
      },
    );
    asked.on('error', () => give(false));
    asked.on('timeout', () => give(false));
    asked.end();
  });
}
