import { eventually, type LabHandle } from './kinit.js';

const CERTIFICATES = '/etc/kubernetes/pki/etcd';
/** The member of the host itself. */
export const LOCAL = 'https://127.0.0.1:2379';

/** A shell line, as the health check asks. */
export const etcdctl = (endpoints: string, command: string): string =>
  `etcdctl --endpoints ${endpoints} --cacert ${CERTIFICATES}/ca.crt --cert ${CERTIFICATES}/healthcheck-client.crt --key ${CERTIFICATES}/healthcheck-client.key ${command}`;

/** 'node1 voter' and so on, as the member of a host has them; '? learner' for one that has not said its name. */
export async function membersOn(cluster: LabHandle, host: string): Promise<string[]> {
  const { stdout } = await cluster.sh(host, etcdctl(LOCAL, 'member list'));
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(', '))
    .map(([, , name, , , learner]) => `${name === '' ? '?' : String(name)} ${learner === 'true' ? 'learner' : 'voter'}`)
    .sort();
}

/** The member of that host is etcd's leader from now on. */
export async function giveLead(cluster: LabHandle, host: string): Promise<void> {
  const status = async (more: string): Promise<string[][]> =>
    lines((await cluster.sh(host, etcdctl(LOCAL, `endpoint status ${more}`))).stdout).map((line) => line.split(', '));
  const own = (await status(''))[0]?.[1] ?? '';
  // Endpoint, ID, versions, sizes; the first that is true or false says whether it leads.
  const leads = (fields: string[]): boolean => fields.find((field) => /^(true|false)$/.test(field)) === 'true';
  const [endpoint = '', id] = (await status('--cluster')).find(leads) ?? [];
  if (id !== own) await cluster.sh(host, etcdctl(endpoint, `move-leader ${own}`));
}

/** Somebody on a host who writes numbers into etcd, one after the other, and notes those that it has acknowledged. */
export interface Writer {
  /** Those that were acknowledged so far. */
  readonly acknowledged: () => Promise<string[]>;
  /** Waits for that many more. */
  readonly goesOn: (more: number) => Promise<void>;
  /** Ends it, and gives those that were acknowledged and are not there. */
  readonly lost: (readOn: string) => Promise<string[]>;
}

/** @param addresses of the members that it may ask */
export async function startWriter(cluster: LabHandle, host: string, addresses: readonly string[]): Promise<Writer> {
  const endpoints = addresses.map((address) => `https://${address}:2379`).join(',');
  const script = `i=0
rm -f /root/stop /root/ended /root/acknowledged
while [ ! -e /root/stop ]; do
  i=$((i + 1))
  timeout 10 ${etcdctl(endpoints, '--command-timeout 5s put /kinit-test/$i $i')} > /dev/null 2>&1 && echo $i >> /root/acknowledged
done
touch /root/ended`;
  await cluster.sh(host, `cat > /root/writer <<'END'\n${script}\nEND\nnohup sh /root/writer > /dev/null 2>&1 &`);
  const acknowledged = async (): Promise<string[]> =>
    lines((await cluster.sh(host, 'cat /root/acknowledged 2> /dev/null || :')).stdout);
  const goesOn = async (more: number): Promise<void> => {
    const before = (await acknowledged()).length;
    await eventually(`${String(more)} more writes`, 60, async () =>
      (await acknowledged()).length >= before + more ? true : undefined,
    );
  };
  const lost = async (readOn: string): Promise<string[]> => {
    await cluster.sh(host, 'touch /root/stop');
    await eventually('the writer to end', 30, () => cluster.sh(host, 'test -e /root/ended'));
    const kept = `${etcdctl(LOCAL, 'get /kinit-test/ --prefix --keys-only')} | sed -n 's|/kinit-test/||p'`;
    const there = new Set(lines((await cluster.sh(readOn, kept)).stdout));
    return (await acknowledged()).filter((number) => !there.has(number));
  };
  return { acknowledged, goesOn, lost };
}

const lines = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .filter((line) => line !== '');
