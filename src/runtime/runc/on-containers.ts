import type { HostFacts } from '../../model/facts.js';
import type { Resource } from '../../model/resource.js';
import { file } from '../../resources/index.js';
import { shellScript } from '../../shell/script.js';

const RUNC = '/usr/local/bin/runc';
const WRAPPER = '/usr/local/bin/runc-without-sys-resource';

const SCRIPT = shellScript('./without-sys-resource.sh', import.meta.url);

/** What container runtimes without a setting of their own for hosts that are containers start as runc. */
export function ociRuntimePath({ lacksSysResource }: Pick<HostFacts, 'lacksSysResource'>): string {
  return lacksSysResource === true ? WRAPPER : RUNC;
}

/** The program of that path, where it is not runc itself. */
export function ociRuntimeWrapper({ lacksSysResource }: Pick<HostFacts, 'lacksSysResource'>): Resource[] {
  if (lacksSysResource !== true) return [];
  return [file({ path: WRAPPER, content: `#!/bin/sh\n${SCRIPT.text}\n`, mode: 0o755 })];
}
