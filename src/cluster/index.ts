export { controlPlaneJoinCommand, putControlPlaneFiles, withExtraFiles } from './control-plane-files.js';
export {
  createToken,
  deleteToken,
  joinCommand,
  listTokens,
  type CreatedToken,
  type CreateToken,
  type TokenInfo,
} from './tokens.js';
export { leaseRenewed } from './node/lease.js';
export { recordInCluster } from './record/forget.js';
export { listNodes, type NodeStatus } from './node/status.js';
