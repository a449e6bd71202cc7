import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianFiles } from '../../../src/artifacts/debian/packages.js';
import { writeArchive, writeLayer } from '../../../src/artifacts/images/oci.js';
import { runLocal } from '../../../src/ssh/local.js';
import { sshCommand, findLab } from '../../../src/lab/index.js';
import type { LabHandle } from './kinit.js';

const MANIFEST = new URL('../../../docs/examples/manifests/mariadb.yaml', import.meta.url);

/** The official image's way to begin: a new folder gets the system's tables and root's password; one that has data is used. */
const ENTRYPOINT = `#!/bin/bash
set -e
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --user=root --datadir=/var/lib/mysql --skip-test-db --force > /dev/null
  password=$(cat "$MARIADB_ROOT_PASSWORD_FILE")
  printf '%s\\n' "ALTER USER root@localhost IDENTIFIED BY '$password';" \\
    "CREATE USER root@'%' IDENTIFIED BY '$password';" "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;" > /tmp/first.sql
  set -- --init-file=/tmp/first.sql
fi
exec mariadbd --user=root --datadir=/var/lib/mysql --socket=/tmp/mysqld.sock --pid-file=/tmp/mysqld.pid --bind-address=0.0.0.0 "$@"
`;

const PACKAGES = ['mariadb-server-core', 'mariadb-client-core', 'bash', 'dash', 'coreutils', 'sed', 'grep', 'hostname'];

/** SQL as root in the pod; rows as lines, columns as tabs. `api: false` goes past the API, by the node's runtime. */
export type Query = (sql: string, options?: { readonly api: boolean }) => Promise<string>;

/** The example of docs/examples/manifests on a host, with a password of its own, once it answers. */
export async function startDatabase(cluster: LabHandle, host: string): Promise<Query> {
  const text = (await readFile(MANIFEST, 'utf8')).replace('[worker1]', `[${host}]`);
  const ref = /^ +image: (.+)$/m.exec(text)?.[1] ?? '';
  await bringImage(cluster, host, ref);
  await cluster.kubectl('create secret generic mariadb --from-literal=password="$(openssl rand -hex 16)"');
  await cluster.sh('node1', `kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f - <<'END'\n${text}\nEND`);
  await cluster.kubectl('rollout status statefulset/mariadb --timeout=90s');
  return async (sql, { api } = { api: true }) => {
    const client = `sh -c 'MYSQL_PWD=$(cat "$MARIADB_ROOT_PASSWORD_FILE") mariadb -h 127.0.0.1 -u root -N -e "${sql}"'`;
    if (api) return (await cluster.kubectl(`exec mariadb-0 -- ${client}`)).trim();
    return (await cluster.sh(host, `crictl exec "$(crictl ps -q --name mariadb)" ${client}`)).stdout.trim();
  };
}

/** MariaDB from Debian's package as an image of the official one's name, on one host. */
async function bringImage(cluster: LabHandle, host: string, ref: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kinit-mariadb-'));
  try {
    const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const { entries } = await debianFiles(PACKAGES, arch, folder, AbortSignal.timeout(300_000));
    const layer = await writeLayer(join(folder, 'layer'), [
      ...entries,
      { path: 'entrypoint', type: 'file', mode: 0o755, content: Buffer.from(ENTRYPOINT) },
      { path: 'etc/passwd', type: 'file', mode: 0o644, content: Buffer.from('root:x:0:0:root:/root:/bin/bash\n') },
      { path: 'tmp', type: 'directory', mode: 0o1777 },
    ]);
    const file = join(folder, 'image.tar');
    await writeArchive(file, arch, [{ refs: [ref], layers: [layer], config: { entrypoint: ['/entrypoint'] } }]);
    const [program = '', ...args] = sshCommand(await findLab(cluster.name), host, [
      'ctr',
      '-n',
      'k8s.io',
      'images',
      'import',
      '-',
    ]);
    await runLocal(program, args, { input: await readFile(file), timeoutSeconds: 120 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
