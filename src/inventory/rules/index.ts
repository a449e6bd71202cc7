import { accessRules } from './access.js';
import { argumentRules } from './arguments.js';
import { datastoreRules } from './datastore.js';
import { folderRules } from './folders.js';
import { hostRules } from './hosts.js';
import { needRules } from './needs.js';
import { networkRules } from './networks.js';
import { nodeMarkRules } from './node-marks.js';
import { ownSettingRules } from './own-settings.js';
import { packageRules } from './packages.js';
import { preflightRules } from './preflight.js';
import { registryRules } from './registries.js';
import { repositoryRules } from './repositories.js';
import type { Rule } from './rule.js';
import { serviceRules } from './services.js';
import { sysctlRules } from './sysctls.js';
import { virtualAddressRules } from './virtual-address.js';

export type { Rule } from './rule.js';

/** Every check across fields. */
export const rules: readonly Rule[] = [
  ...hostRules,
  ...accessRules,
  ...nodeMarkRules,
  ...networkRules,
  ...serviceRules,
  ...folderRules,
  ...registryRules,
  ...virtualAddressRules,
  ...datastoreRules,
  ...needRules,
  ...repositoryRules,
  ...argumentRules,
  ...ownSettingRules,
  ...packageRules,
  ...preflightRules,
  ...sysctlRules,
];
