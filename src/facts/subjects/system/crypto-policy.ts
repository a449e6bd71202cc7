import type { HostFacts } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import type { Subject } from '../../subject.js';

/** 'DEFAULT', or with what a person added to it: 'DEFAULT:SHA1'. */
export const cryptoPolicy: Subject<HostFacts['cryptoPolicy']> = {
  id: 'crypto-policy',
  script: shellScript('./crypto-policy.sh', import.meta.url),
  parse: (output) => {
    const policy = output.trim();
    return policy === '' ? undefined : policy;
  },
};
