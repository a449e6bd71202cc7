export { hostAccess } from './access.js';
export { createConnector } from './connect.js';
export type { Connector, ConnectOptions } from './connect.js';
