// Every common kind of resource, with its constructor: a new one is one folder and one line here.
// Kinds that belong to a seam (packages of an OS, images of a runtime) are listed by its registry; src/engine/kinds.ts has all.
export * from './absent-file/index.js';
export * from './binary/index.js';
export * from './block/index.js';
export * from './cluster-node/index.js';
export * from './directory/index.js';
export * from './file/index.js';
export * from './firewall/index.js';
export * from './hostname/index.js';
export * from './kernel-module/index.js';
export * from './kubelet-server/index.js';
export * from './link/index.js';
export * from './network-link/index.js';
export * from './node-join/index.js';
export * from './object/index.js';
export * from './pod-tokens/index.js';
export * from './proof/index.js';
export * from './record/index.js';
export * from './selinux/index.js';
export * from './service/index.js';
export * from './set-aside/index.js';
export * from './stored-data/index.js';
export * from './swap/index.js';
export * from './sysctl/index.js';
export * from './traces/index.js';
export * from './unmanaged-links/index.js';
export * from './user/index.js';
