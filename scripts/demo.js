// `npm run demo`: a cluster of three throwaway machines, made and used as a person would, from nothing.
// `npm run demo:small`: the same on machines with 1 processor and 1 GB each, by docs/examples/embedded.yaml. Run again, both find what
// is there and go on.
//   --driver NAME  what makes the machines (kinit lab up --driver)
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { forwardSignals, run, wasInterrupted } from './lib/child.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const kinit = path.join(root, 'bin', 'kinit.js');
const { values: options } = parseArgs({ options: { small: { type: 'boolean' }, driver: { type: 'string' } } });
const LAB = options.small ? 'small' : 'demo';
const NODE_PORT = 30080;
const KUBECTL = ['kubectl', '--kubeconfig', '/etc/kubernetes/admin.conf'];
const NAMESPACE = 'kinit-demo';
const started = Date.now();
/** Images of nginx differ in which client they have (and busybox wget -T crashes on names). The first answers may be slow: endpoints have just come. */
const FETCH_BY_NAME = `
get() { if command -v curl > /dev/null; then curl -fsS --max-time 5 "$1"; else wget -q -O - "$1"; fi; }
for name in hello hello.${NAMESPACE}.svc.cluster.local; do
  tries=0
  until page=$(get "http://$name/"); do tries=$((tries + 1)); [ "$tries" -lt 15 ] || exit 1; sleep 1; done
  echo "  http://$name/: $(echo "$page" | grep -o '<title>.*</title>')"
done`;

/** By the machine's control groups (version 1 or 2): what `free` says of a kernel that several machines share is of all of them. */
const MEMORY = `
for file in /sys/fs/cgroup/memory/memory.stat /sys/fs/cgroup/memory.stat; do
  [ ! -e "$file" ] || awk -v host="$(hostname)" '
    $1 == "total_rss" || $1 == "anon" { own = $2 } $1 == "total_mapped_file" || $1 == "file_mapped" { programs = $2 }
    END { printf "  %s: %d their own, %d of programs and files in use\\n", host, own / 1048576, programs / 1048576 }' "$file"
done`;

forwardSignals();
try {
  await main();
} catch (error) {
  console.error(
    `\n${wasInterrupted() ? 'Interrupted.' : error.message} Run ${options.small ? 'npm run demo:small' : 'npm run demo'} again to go on; bin/kinit.js lab down --name ${LAB} takes the machines away.`,
  );
  process.exitCode = wasInterrupted() ? 130 : 1;
}

async function main() {
  await title('Build kinit');
  await must(process.execPath, ['scripts/build.js'], 10);

  const before = await findLab();
  await title(
    before === undefined
      ? 'Make three machines (kinit lab up)'
      : 'The three machines are there from an earlier demo: going on with them (kinit lab up)',
  );
  await cli(['lab', 'up', '--name', LAB, ...size(), ...(options.driver ? ['--driver', options.driver] : [])], 20);
  const lab = await findLab();
  if (lab === undefined) throw new Error('kinit lab up made no lab.');
  const inventory = options.small ? likeTheExample(lab.inventoryFile) : lab.inventoryFile;

  await title('Build what a cluster needs, where it is not built yet (kinit artifacts build)');
  await cli(['artifacts', 'build', '--control-plane', options.small ? 'embedded' : 'static-pods'], 120);

  await title(`Make the cluster (kinit init -i ${inventory})`);
  await cli(['init', '-i', inventory], 30);

  const leader = lab.hosts.find(({ roles }) => roles.includes('control-plane')).name;
  await title('Nodes and pods');
  await onHost(leader, [...KUBECTL, 'get', 'nodes', '-o', 'wide']);
  await onHost(leader, [...KUBECTL, 'get', 'pods', '--all-namespaces', '-o', 'wide']);

  await title('Deploy nginx, two replicas behind a NodePort');
  const image = await nginxImage();
  await onHost(leader, [...KUBECTL, 'apply', '-f', '-'], { input: manifests(image) });
  await onHost(leader, [...KUBECTL, '-n', NAMESPACE, 'rollout', 'status', 'deployment/hello', '--timeout=180s'], {
    minutes: 4,
  });
  await onHost(leader, [...KUBECTL, '-n', NAMESPACE, 'get', 'pods', '-l', 'app=hello', '-o', 'wide']);

  await title('Fetch it through every node, and by its name from a pod');
  for (const { name, address } of lab.hosts) await fetchPage(`http://${address}:${String(NODE_PORT)}/`, name);
  await fromPod(leader);

  if (options.small) {
    await title('Memory that the processes of each machine use, of 1024 MiB');
    for (const { name } of lab.hosts) await onHost(name, ['sh', '-c', MEMORY]);
  }

  const named = options.small ? ` --name ${LAB}` : '';
  console.log(`
All of this took ${seconds(started)} s. Now try:
  cd ${root}
  export KINIT_INVENTORY=${inventory}
  bin/kinit.js init            again: nothing to change, in seconds
  bin/kinit.js status          nodes, and pods that are not well
  bin/kinit.js kubeconfig      credentials into ./kubeconfig; then: kubectl --kubeconfig kubeconfig get pods -A
  bin/kinit.js lab ssh node2${named}   a shell on a machine
  bin/kinit.js reset node3     takes a node out and cleans it; bin/kinit.js join puts it back

Clean up:
  bin/kinit.js lab down${named}         takes the machines away, with all that is in them
  bin/kinit.js artifacts prune  empties the build caches`);
}

/** Of the machines; nothing said is the lab's own default. */
function size() {
  return options.small ? ['--hosts', '3', '--cpus', '1', '--memory', '1G'] : [];
}

/** The example's inventory with the hosts of the lab, in a file beside the lab's own. */
function likeTheExample(inventoryFile) {
  const example = parse(readFileSync(path.join(root, 'docs', 'examples', 'embedded.yaml'), 'utf8'));
  const own = parse(readFileSync(inventoryFile, 'utf8'));
  const file = path.join(path.dirname(inventoryFile), 'small.yaml');
  writeFileSync(file, stringify({ ...own, controlPlane: example.controlPlane }));
  return file;
}

/** The lab of an earlier run or of this one; undefined where there is none. */
async function findLab() {
  const { code, stdout } = await run(process.execPath, [kinit, 'lab', 'list', '--output', 'json'], {
    cwd: root,
    minutes: 2,
    capture: true,
  });
  if (code !== 0) throw new Error('kinit lab list failed.');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .find(({ name }) => name === LAB);
}

/** The image of kinit's own smoke test: it is on the hosts already, so no registry is needed. */
async function nginxImage() {
  const { imageRefs } = await import('../dist/artifacts/supply.js');
  const { SUPPLY } = await import('../dist/engine/supply.js');
  const { KUBERNETES_VERSIONS } = await import('../dist/model/spec.js');
  return imageRefs(SUPPLY.images, KUBERNETES_VERSIONS.default).nginx;
}

/** A service that has just been made reaches every node's rules within seconds; so a few tries, and an error after that. */
async function fetchPage(url, node) {
  let last = 'no answer';
  for (let attempt = 0; attempt < 30 && !wasInterrupted(); attempt += 1) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      const text = await response.text();
      if (response.ok)
        return console.log(
          `  ${url}  (${node}): ${String(response.status)}, ${/<title>(.*?)<\/title>/i.exec(text)?.[1] ?? `${String(text.length)} bytes`}`,
        );
      last = `status ${String(response.status)}`;
    } catch (error) {
      last = error.cause?.code ?? error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(`${url} through ${node} does not answer: ${last}.`);
}

async function fromPod(leader) {
  await onHost(leader, [...KUBECTL, '-n', NAMESPACE, 'exec', 'deployment/hello', '--', 'sh', '-c', FETCH_BY_NAME], {
    minutes: 3,
  });
}

/** nginx starts as root to listen on port 80: `baseline`, which kinit enforces, allows it; the warning about `restricted` is turned off for this namespace. */
function manifests(image) {
  const labels = { app: 'hello' };
  const container = {
    name: 'nginx',
    image,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ containerPort: 80 }],
    readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 2 },
  };
  const spread = [
    {
      maxSkew: 1,
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: labels },
    },
  ];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/warn': 'baseline' } },
      },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'hello', namespace: NAMESPACE, labels },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { topologySpreadConstraints: spread, containers: [container] } },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'hello', namespace: NAMESPACE, labels },
        spec: { type: 'NodePort', selector: labels, ports: [{ port: 80, targetPort: 80, nodePort: NODE_PORT }] },
      },
    ],
  });
}

function onHost(host, command, { input, minutes = 2 } = {}) {
  return must(process.execPath, [kinit, 'lab', 'exec', host, '--name', LAB, '--', ...command], minutes, input);
}

function cli(args, minutes) {
  return must(process.execPath, [kinit, ...args], minutes);
}

async function must(file, args, minutes, input) {
  if (wasInterrupted()) throw new Error('Interrupted.');
  const { code, timedOut } = await run(file, args, { cwd: root, minutes, input });
  if (timedOut) throw new Error(`This step took longer than ${String(minutes)} minutes and was ended.`);
  if (code !== 0) throw new Error(`This step failed (exit code ${String(code)}).`);
}

async function title(text) {
  if (wasInterrupted()) throw new Error('Interrupted.');
  console.log(`\n== ${text}  [${seconds(started)} s]`);
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(0);
}
