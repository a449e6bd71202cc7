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
export { listNodes, type NodeStatus } from './node/status.js';
