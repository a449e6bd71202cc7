import { DATA_DIR } from '../socket.js';

export { DATA_DIR };
export const DATABASE = `${DATA_DIR}/state.db`;
