export { buildArtifacts, type BuildOptions } from './build.js';
export { listArtifacts, type ArtifactRow } from './list.js';
export { pruneArtifacts, type Pruned } from './prune.js';
export { imageRefsOf, type Mirror } from './refs.js';
export { resolveArtifacts, type ResolveOptions } from './resolve.js';
export { storedArtifacts } from './stored.js';
