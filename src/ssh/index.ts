export { connect } from './connect.js';
export type { ConnectOptions } from './connect.js';
export { runLocal } from './local.js';
export type { LocalOptions } from './local.js';
