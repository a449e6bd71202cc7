export { bundle } from './bundle.js';
export type { Finding } from './cause.js';
export { doctorChecks } from './checks/index.js';
export { digestSection, type Expected } from './checks/files.js';
export { diagnose } from './diagnose.js';
export type { Evidence, LeftoverEvidence } from './evidence.js';
export { gatherEvidence } from './gather.js';
export type { DoctorCheck, DoctorReport } from './report.js';
