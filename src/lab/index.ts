export { labDown } from './commands/down.js';
export { killHost, partition, startHost } from './commands/faults.js';
export { findLab, labList } from './commands/list.js';
export { sshCommand } from './commands/ssh.js';
export { ensureSnapshot } from './snapshot/snapshot.js';
export type { Lab, LabHost, LabInfo, LabOptions } from './types.js';
export { labUp } from './commands/up.js';
