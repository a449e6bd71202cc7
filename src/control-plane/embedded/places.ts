/** Its program, its unit and its user in words; the same program under another name is the agent of a node. */
export const PROGRAM = 'kinit-server';
export const AGENT = 'kinit-agent';
export const BIN = '/usr/local/bin';
export const UNIT_FILE = `/etc/systemd/system/${PROGRAM}.service`;
/** The members of the balancer in the agent, and what it says of itself. */
export const BALANCER_FOLDER = '/etc/kubernetes/balancer';
export const BALANCER_FILE = `${BALANCER_FOLDER}/members.yaml`;
export const BALANCER_STATE = `${BALANCER_FOLDER}/state.json`;
