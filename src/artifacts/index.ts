export { requireCompression } from './bundle/compression.js';
export { isBundle } from './bundle/head.js';
export { writeBundle } from './bundle/write.js';
export { buildArtifacts, type BuildOptions } from './build/build.js';
export { ensureKernel, type Kernel } from './kernel/kernel.js';
export { listArtifacts, type ArtifactRow } from './list.js';
export { pruneArtifacts, type Pruned } from './store/prune.js';
export { originsOf } from './mirror.js';
export { listOrigins, type OriginRow } from './origins.js';
export { imageRefsOf } from './supply.js';
export { asForeseen, foreseeArtifacts, openOnes } from './foreseen.js';
export {
  assertBuildable,
  isUndecided,
  officialAnswers,
  resolveArtifacts,
  type ResolveOptions,
  type Source,
} from './resolve.js';
export { storedArtifacts } from './store/stored.js';
