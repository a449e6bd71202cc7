export { labDown } from './down.js';
export { killHost, partition, startHost } from './faults.js';
export { findLab, labList } from './list.js';
export { sshCommand } from './ssh.js';
export type { Lab, LabHost, LabInfo, LabOptions } from './types.js';
export { labUp } from './up.js';
