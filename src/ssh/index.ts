export { hostAccess } from './login/access.js';
export { createConnector } from './connect/connect.js';
export type { Connector, ConnectOptions } from './connect/connect.js';
export { readSecret } from './login/secret.js';
export { download } from './transfer/download.js';
export { goThroughShell } from './transfer/upload.js';
export { sendFile } from './transfer/send-file.js';
export { keptPart, partBeside } from './transfer/parts/slices.js';
export type { Part } from './transfer/parts/slices.js';
