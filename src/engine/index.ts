export { runCluster, type Command, type RunOptions, type RunResult } from './run.js';
export { resetHosts, type ResetOptions } from './reset.js';
export { withCluster, type RunningCluster } from './with-cluster.js';
export { runDoctor, type Examination } from './doctor.js';
export type { PhaseTiming } from './pipeline.js';
export type { ReviewedPlan } from './reviewed.js';
