export { cloudInit } from './cloud-init/index.js';
export { labDown } from './commands/down.js';
/** @internal Only the end-to-end tests fail hosts. */
export { closeLab, killHost, partition, startHost } from './commands/fail-on-purpose.js';
export { labTitle } from './images/index.js';
export { findLab, labList } from './commands/list.js';
export { sshCommand } from './commands/ssh.js';
/** @internal Only the end-to-end tests start from snapshots. */
export { ensureSnapshot } from './snapshot/snapshot.js';
export type { Lab, LabHost, LabInfo, LabOptions } from './types.js';
export { labUp } from './commands/up.js';
