/** Its program, its unit and its user in words; the same program under another name is the agent of a node. */
export const PROGRAM = 'kinit-server';
export const AGENT = 'kinit-agent';
export const BIN = '/usr/local/bin';
export const UNIT_FILE = `/etc/systemd/system/${PROGRAM}.service`;
