import type { HostFacts } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** AppArmor as the kernel runs it now. */
export const appArmor: Subject<HostFacts['appArmor']> = {
  id: 'apparmor',
  script: shellScript('./app-armor.sh', import.meta.url),
  parse: (output) => (output.trim() === 'on' ? true : undefined),
};
