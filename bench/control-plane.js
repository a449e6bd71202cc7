// Time until the API server of a fresh control plane says it is ready: kinit init against the
// stock kubeadm init, on the same host, in turns, with programs and images in place.
// Prints ratios of one run; run it with: npm run bench:control-plane [-- ROUNDS]
import { execFileSync, spawn } from 'node:child_process';
import https from 'node:https';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/kinit.js', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 3);
const LAB = 'bench';
const MINUTE = 60_000;
/** Everything that stands before a control plane can start; both tools find it in place. */
const PREPARE = 'hostname,hosts-file,packages,time,swap,selinux,firewall,modules,sysctls,binaries,runtime,traces,images,kubelet';

const kinit = (...args) => execFileSync(process.execPath, [BIN, ...args], { encoding: 'utf8', timeout: 15 * MINUTE });
const inventory = () => {
  const labs = kinit('lab', 'list', '--output', 'json').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  return join(labs.find(({ name }) => name === LAB).directory, 'inventory.yaml');
};
const onHost = (script) => ['lab', 'exec', '--name', LAB, 'node1', '--', 'sh', '-c', script];

// What the nested lab host needs besides, and kinit's inventory for it says too.
const KUBEADM_CONFIG = `apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking: { podSubnet: 10.244.0.0/16 }
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: Never }
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: systemd
failSwapOn: false
failCgroupV1: false
`;

kinit('lab', 'up', '--name', LAB, '--hosts', '1', '--memory', '6G');
const file = inventory();
const address = /address: (\S+)/.exec(execFileSync('cat', [file], { encoding: 'utf8' }))[1];
const rows = [];
try {
  for (let round = 1; round <= ROUNDS; round += 1) {
    kinit('init', '-i', file, '--only', PREPARE);
    kinit(...onHost(`cat > /root/kubeadm.yaml <<'EOF_CONFIG'\n${KUBEADM_CONFIG}EOF_CONFIG`));
    const stock = await timed(onHost('kubeadm init --config /root/kubeadm.yaml --ignore-preflight-errors=all'));
    kinit(...onHost('kubeadm reset --force >/dev/null 2>&1; rm -rf /etc/cni/net.d/* /root/.kube'));
    kinit('init', '-i', file, '--only', PREPARE);
    const ours = await timed(['init', '-i', file, '--yes']);
    kinit('reset', '-i', file, '--yes');
    rows.push({ round, kubeadmReady: stock.ready, kinitReady: ours.ready, readyRatio: ours.ready / stock.ready, kubeadmDone: stock.done, kinitDone: ours.done });
    process.stdout.write(`round ${round}: kubeadm ready after ${stock.ready.toFixed(2)} s (done ${stock.done.toFixed(2)} s), kinit ready after ${ours.ready.toFixed(2)} s (whole cluster checked ${ours.done.toFixed(2)} s), ratio ${(ours.ready / stock.ready).toFixed(2)}\n`);
  }
} finally {
  kinit('lab', 'down', '--name', LAB);
}
const ratios = rows.map(({ readyRatio }) => readyRatio).sort((a, b) => a - b);
process.stdout.write(`kinit / kubeadm until the API is ready: median ${ratios[Math.floor(ratios.length / 2)].toFixed(2)}, from ${ratios[0].toFixed(2)} to ${ratios.at(-1).toFixed(2)}, ${rows.length} rounds (${dirname(file)})\n`);

/** Starts a kinit command and asks the API server's /readyz until it answers ok. Seconds from the start. */
async function timed(args) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.on('close', resolve));
  const readyAt = untilReady().then(seconds);
  const code = await ended;
  if (code !== 0) throw new Error(`kinit ${args.join(' ')} exited with ${code}\n${output.slice(-4000)}`);
  const done = seconds();
  return { ready: await readyAt, done };
}

async function untilReady() {
  const end = Date.now() + 5 * MINUTE;
  while (Date.now() < end) {
    if (await answersOk()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the API server was not ready within 5 minutes');
}

function answersOk() {
  return new Promise((resolve) => {
    const request = https.get({ host: address, port: 6443, path: '/readyz', rejectUnauthorized: false, timeout: 1000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}
