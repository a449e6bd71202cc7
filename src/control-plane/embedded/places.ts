/** Its program, its unit and its user in words. */
export const PROGRAM = 'kinit-server';
export const UNIT_FILE = `/etc/systemd/system/${PROGRAM}.service`;
