import { RECORD } from '../../model/record.js';
import { seal } from '../../model/text/sealed.js';
import { SERVER_FILE, type HostFacts } from '../../model/facts.js';
import { defined } from '../../model/defined.js';
import { shellScript } from '../../shell/script.js';
import { fileBlocks } from '../file-blocks.js';
import type { Subject } from '../subject.js';

const MANIFESTS = '/etc/kubernetes/manifests/';

/** Files of a cluster that later work builds on, without the keys in them. */
export const kubernetes: Subject<Omit<HostFacts['kubernetes'], 'kubeletActive'>> = {
  id: 'kubernetes',
  script: shellScript('./kubernetes.sh', import.meta.url),
  values: { args: [RECORD.path, SERVER_FILE] },
  limit: 4 * 1024 * 1024,
  parse: (output) => {
    const pki: Record<string, string> = {};
    const manifests: Record<string, string> = {};
    let record: string | undefined;
    let [journal, made] = [false, false];
    for (const { name, rows } of fileBlocks(output)) {
      if (name === 'journal') journal = true;
      else if (name === 'made') made = true;
      else if (name === RECORD.path) record = textOf(rows);
      else if (name.startsWith(MANIFESTS) || name === SERVER_FILE) manifests[name] = textOf(rows);
      else if (name.startsWith('/')) pki[name] = textOf(rows);
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

function textOf(rows: readonly string[]): string {
  const [first = '', ...others] = rows;
  if (!first.startsWith('#')) return rows.map((row) => row.slice(1)).join('\n');
  const [sha256 = '', key = ''] = first.slice(1).split(' ');
  const text = others.map((row) => `${row.slice(1)}\n`).join('');
  return seal({ sha256, text, key: key === '-' || key === '' ? undefined : key });
}
