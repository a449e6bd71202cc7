export { openApi, type ApiOptions } from './api/client.js';
export { statusOf } from './api/errors.js';
export {
  createToken,
  deleteToken,
  joinCommand,
  listTokens,
  type CreatedToken,
  type CreateToken,
  type TokenInfo,
} from './tokens.js';
export { drainAndDelete, type DrainOptions } from './node/drain.js';
export { waitForApi, waitForNodesReady, waitForWorkload } from './waits/api.js';
export { listNodes, type NodeStatus } from './node/status.js';
