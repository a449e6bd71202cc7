import type { HostFacts } from '../../model/facts.js';
import type { Subject } from '../subject.js';

/**
 * Files of a cluster that later work builds on. A path stands after '=', each line of its text after a blank, and one
 * line break follows the text: so no text can look like a path, and one without a last line break stays so.
 */
export const kubernetes: Subject<Pick<HostFacts['kubernetes'], 'joined' | 'pki' | 'journal'>> = {
  id: 'kubernetes',
  script: `
[ -z "$(ls -A /var/lib/kinit/journal)" ] || echo =journal
{
  find -L /etc/kubernetes/pki -type f \\( -name '*.crt' -o -name '*.key' -o -name '*.pub' \\)
  for f in /etc/kubernetes/*.conf /etc/kubernetes/encryption*.yaml /var/lib/kubelet/pki/kubelet-client-first.pem /var/lib/kubelet/pki/kubelet.crt /var/lib/kubelet/pki/kubelet.key; do [ ! -f "$f" ] || echo "$f"; done
} | while IFS= read -r f; do
  printf '=%s\\n' "$f"; sed 's/^/ /' "$f"; echo
done`,
  parse: (output) => {
    const pki: Record<string, string> = {};
    let journal = false;
    for (const block of blocks(output)) {
      const [path = '', ...rows] = block;
      // The echo after a text gives an empty row where the text itself ended its last line.
      const text = rows.map((row) => row.slice(1)).join('\n');
      if (path === 'journal') journal = true;
      else if (path.startsWith('/')) pki[path] = text;
    }
    return { joined: '/etc/kubernetes/kubelet.conf' in pki, pki, journal };
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
