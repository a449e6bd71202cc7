import { isIP } from 'node:net';
import { defined } from '../../../model/defined.js';
import type { HostFacts } from '../../../model/facts.js';
import { parseFields } from '../../../shell/output.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** What this host's kubelet has been told of itself. */
export const kubeletFlags: Subject<Pick<HostFacts['kubernetes'], 'nodeAddress'>> = {
  id: 'kubelet-flags',
  script: shellScript('./flags.sh', import.meta.url),
  parse: (output) => {
    // Of two families the first is the one that counts.
    const address = parseFields(output).get('node-ip')?.split(',')[0] ?? '';
    return defined({ nodeAddress: isIP(address) === 0 ? undefined : address });
  },
};
