import { access } from 'node:fs/promises';
import { C_COMPILER, onPath, type Need } from '../build/tools.js';

/** What compiling a kernel needs on this machine; apt and dpkg fetch and unpack its source. */
export const KERNEL_TOOLS: readonly Need[] = [
  C_COMPILER,
  ...['make', 'flex', 'bison', 'bc'].map((program) => tool(program, program)),
  tool('xz', 'xz-utils'),
  tool('depmod', 'kmod'),
  file('the headers of libelf', 'libelf-dev', '/usr/include/libelf.h'),
  file('the headers of OpenSSL', 'libssl-dev', '/usr/include/openssl/opensslv.h'),
  file("Debian's keys", 'debian-archive-keyring', '/usr/share/keyrings/debian-archive-keyring.gpg'),
];

function tool(program: string, debianPackage: string): Need {
  return { what: program, debianPackages: [debianPackage], present: () => onPath(program) };
}

function file(what: string, debianPackage: string, path: string): Need {
  return {
    what,
    debianPackages: [debianPackage],
    present: () =>
      access(path).then(
        () => true,
        () => false,
      ),
  };
}
