export { openApi, type ApiOptions } from './client.js';
export { statusOf } from './errors.js';
export { object, objectKind, type ObjectResource } from './object.js';
export { clusterNode, clusterNodeKind, type ClusterNodeResource, type Taint } from './node.js';
export { nodeJoin, type NodeJoinResource } from './join.js';
export {
  createToken,
  deleteToken,
  joinCommand,
  listTokens,
  type CreatedToken,
  type CreateToken,
  type TokenInfo,
} from './tokens.js';
export { drainAndDelete, type DrainOptions } from './drain.js';
export { waitForApi, waitForNodesReady, waitForWorkload } from './waits.js';
export { listNodes, type NodeStatus } from './status.js';
