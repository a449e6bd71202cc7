export { runCluster, type Command, type RunOptions, type RunResult } from './run/run.js';
export { resetHosts, type ResetOptions } from './reset/reset.js';
export { placeOnHosts } from './place.js';
export { readForeignCluster, type Described } from './adopt/index.js';
export { withCluster, type RunningCluster } from './api/with-cluster.js';
export { lookAtCertificates, type CertificatesSeen } from './session/certificates.js';
export { runDoctor, type Examination } from './explain/doctor.js';
export type { PhaseTiming } from './run/outcome.js';
export type { ReviewedPlan } from './plan/reviewed.js';
