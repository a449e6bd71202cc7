import { RECORD } from '../../model/record.js';
import type { HostFacts } from '../../model/facts.js';
import { defined } from '../../model/defined.js';
import { shellScript } from '../../shell/script.js';
import type { Subject } from '../subject.js';

const MANIFESTS = '/etc/kubernetes/manifests/';

/** Files of a cluster that later work builds on. */
export const kubernetes: Subject<Omit<HostFacts['kubernetes'], 'kubeletActive'>> = {
  id: 'kubernetes',
  script: shellScript('./kubernetes.sh', import.meta.url),
  values: { args: [RECORD.path] },
  limit: 4 * 1024 * 1024,
  parse: (output) => {
    const pki: Record<string, string> = {};
    const manifests: Record<string, string> = {};
    let record: string | undefined;
    let [journal, made] = [false, false];
    for (const block of blocks(output)) {
      const [path = '', ...rows] = block;
      // The echo after a text gives an empty row where the text itself ended its last line.
      const text = rows.map((row) => row.slice(1)).join('\n');
      if (path === 'journal') journal = true;
      else if (path === 'made') made = true;
      else if (path === RECORD.path) record = text;
      else if (path.startsWith(MANIFESTS)) manifests[path] = text;
      else if (path.startsWith('/')) pki[path] = text;
    }
    return {
      membership: '/etc/kubernetes/kubelet.conf' in pki ? 'member' : 'none',
      pki,
      journal,
      made,
      manifests,
      ...defined({ record }),
    };
  },
};

function blocks(output: string): string[][] {
  const found: string[][] = [];
  const rows = output.split('\n');
  // What follows the last line break is no row.
  if (rows.at(-1) === '') rows.pop();
  for (const row of rows) {
    if (row.startsWith('=')) found.push([row.slice(1)]);
    else found.at(-1)?.push(row);
  }
  return found;
}
