import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toArtifactSet, allManifests } from '../../../src/artifacts/store/manifest.js';
import { kubeComponent } from '../../../src/artifacts/supplies/kubernetes.js';
import { openApi } from '../../../src/cluster/api/client.js';
import { lookAtApi } from '../../../src/cluster/waits/api.js';
import { waitUntil } from '../../../src/cluster/api/until.js';
import type { ClusterApi } from '../../../src/model/api.js';
import { kubeconfig } from '../../../src/pki/index.js';

export interface LocalControlPlane {
  readonly api: ClusterApi;
  readonly port: number;
  readonly caPem: string;
  /** A second client, with other settings. */
  readonly client: (options?: Partial<Parameters<typeof openApi>[0]>) => ClusterApi;
  stop(): Promise<void>;
}

/** The multi-call Kubernetes binary of a source build; undefined when nothing has been built on this machine. */
export async function kubeBinary(): Promise<string | undefined> {
  const given = process.env['KINIT_TEST_KUBE'];
  if (given !== undefined && given !== '') return given;
  const arch = process.arch === 'x64' ? 'amd64' : 'arm64';
  const manifests = (await allManifests()).filter((manifest) => manifest.arch === arch);
  return manifests
    .flatMap((manifest) => toArtifactSet(manifest, [kubeComponent]).binaries)
    .find(({ name }) => name === 'kube')?.localFile;
}

/** etcd, API server and controller manager as plain processes on the loopback interface, with throw-away certificates. No kubelet. */
export async function startControlPlane(binary: string): Promise<LocalControlPlane> {
  const dir = mkdtempSync(join(tmpdir(), 'kinit-control-plane-'));
  const running: ChildProcess[] = [];
  const start = (name: string, args: readonly string[]): void => {
    const log = openSync(join(dir, `${name}.log`), 'a');
    running.push(spawn(binary, args, { argv0: name, stdio: ['ignore', log, log] }));
    closeSync(log);
  };
  const stop = async (): Promise<void> => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const [etcd = 0, peer = 0, secure = 0, manager = 0] = await freePorts(4);
    makeCertificates(dir);
    const file = (name: string): string => join(dir, name);
    const read = (name: string): string => readFileSync(file(name), 'utf8');
    start('etcd', [
      `--data-dir=${file('etcd')}`,
      '--unsafe-no-fsync',
      '--log-level=error',
      `--listen-client-urls=http://127.0.0.1:${etcd}`,
      `--advertise-client-urls=http://127.0.0.1:${etcd}`,
      `--listen-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peer}`,
      `--initial-cluster=default=http://127.0.0.1:${peer}`,
    ]);
    start('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${secure}`,
      `--tls-cert-file=${file('server.crt')}`,
      `--tls-private-key-file=${file('server.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('sa.key')}`,
      `--service-account-signing-key-file=${file('sa.key')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-bootstrap-token-auth',
      '--allow-privileged',
      '--service-cluster-ip-range=10.96.0.0/12',
    ]);
    const caPem = read('ca.crt');
    const certPem = read('admin.crt');
    const keyPem = read('admin.key');
    writeFileSync(
      file('admin.conf'),
      kubeconfig({
        clusterName: 'test',
        server: `https://127.0.0.1:${secure}`,
        caPem,
        userName: 'admin',
        user: { certPem, keyPem },
      }),
      { mode: 0o600 },
    );
    const connectTcp = async (address: string, port: number) => {
      const socket = connect(port, address);
      await once(socket, 'connect');
      return socket;
    };
    const client: LocalControlPlane['client'] = (more = {}) =>
      openApi({ connectTcp, address: '127.0.0.1', port: secure, caPem, certPem, keyPem, ...more });
    const api = client();
    await waitUntil({ what: 'its API server', timeoutSeconds: 60, look: () => lookAtApi(api, '/readyz') });
    start('kube-controller-manager', [
      `--kubeconfig=${file('admin.conf')}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${manager}`,
      `--service-account-private-key-file=${file('sa.key')}`,
      `--root-ca-file=${file('ca.crt')}`,
      '--use-service-account-credentials',
      `--cert-dir=${dir}`,
    ]);
    return {
      api,
      port: secure,
      caPem,
      client,
      stop: async () => {
        api.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function makeCertificates(dir: string): void {
  const openssl = (...args: string[]): void =>
    void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe', timeout: 30_000 });
  openssl('genrsa', '-out', 'sa.key', '2048');
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=test-ca',
    '-days',
    '2',
  );
  const issue = (name: string, subject: string, extensions: string): void => {
    writeFileSync(join(dir, `${name}.ext`), extensions);
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
  };
  issue('server', '/CN=kube-apiserver', 'subjectAltName=IP:127.0.0.1,DNS:kubernetes\nextendedKeyUsage=serverAuth\n');
  issue('admin', '/O=system:masters/CN=admin', 'extendedKeyUsage=clientAuth\n');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    }),
  );
  return ports;
}
