import { gzipSync } from 'node:zlib';
import { tarBytes, type TarEntry } from '../artifacts/images/tar.js';
import type { Evidence, HostEvidence } from './evidence.js';
import type { DoctorReport } from './report.js';

const ABOUT = `What kinit doctor saw, for somebody who helps.
report.json    checks and causes
evidence.json  what they were made from
hosts/         the same, a file for each question to each host
cluster.json   what the API said
Secrets were taken out by their shape before anything was written. Names, addresses and log lines are left: look before you publish it.
`;

/** Everything that was seen, as a tar.gz. All of it has been redacted when it was gathered. */
export async function bundle(report: DoctorReport, evidence: Evidence): Promise<Uint8Array> {
  const plain: Evidence = { ...evidence, hosts: evidence.hosts.map(withoutModuleLists) };
  const entries = [
    file('README.txt', ABOUT),
    file('report.json', json(report)),
    file('evidence.json', json(plain)),
    file('cluster.json', json(plain.cluster ?? { trouble: plain.apiTrouble })),
    ...plain.hosts.flatMap(({ host, facts, probes, text }) => [
      file(`hosts/${host}/facts.json`, json(facts)),
      file(`hosts/${host}/probes.json`, json(probes)),
      ...Object.entries(text).map(([section, content]) => file(`hosts/${host}/${section}.txt`, content)),
    ]),
  ];
  const chunks: Uint8Array[] = [];
  for await (const bytes of tarBytes(entries)) chunks.push(bytes);
  return gzipSync(Buffer.concat(chunks));
}

/** Some thousand names of kernel modules that nobody reads. */
function withoutModuleLists(host: HostEvidence): HostEvidence {
  return { ...host, facts: { ...host.facts, modules: { ...host.facts.modules, builtin: [], loadable: [] } } };
}

function file(path: string, content: string): TarEntry {
  return { path: `kinit-doctor/${path}`, type: 'file', mode: 0o600, content: Buffer.from(content, 'utf8') };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
