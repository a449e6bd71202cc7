import type { HostFacts } from '../../../model/facts.js';
import { shellScript } from '../../../shell/script.js';
import { parseFields } from '../../../shell/output.js';
import { words, type Subject } from '../../subject.js';

/** The distribution, from os-release(5). */
export const os: Subject<HostFacts['os']> = {
  id: 'os',
  script: shellScript('./os.sh', import.meta.url),
  parse: (output) => {
    const release = parseFields(output);
    const text = (key: string): string => unquoted(release.get(key) ?? '');
    const id = text('ID');
    return {
      id,
      versionId: text('VERSION_ID'),
      codename: text('VERSION_CODENAME'),
      prettyName: text('PRETTY_NAME') || id || 'unknown',
      like: words(text('ID_LIKE')).filter((name) => name !== ''),
    };
  },
};

/** Values may stand in quotes (os-release(5)). */
function unquoted(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}
