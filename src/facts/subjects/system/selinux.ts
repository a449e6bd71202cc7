import type { HostFacts } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** SELinux as the kernel runs it now; 'disabled' where it is installed but not running. */
export const selinux: Subject<HostFacts['selinux']> = {
  id: 'selinux',
  script: shellScript('./selinux.sh', import.meta.url),
  parse: (output) => {
    const text = output.trim();
    if (text === '1') return 'enforcing';
    if (text === '0') return 'permissive';
    return text === 'disabled' ? 'disabled' : 'absent';
  },
};
