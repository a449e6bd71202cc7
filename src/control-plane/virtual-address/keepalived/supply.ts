import { imageOfPackages } from '../../../artifacts/images/of-packages.js';
import type { TarEntry } from '../../../artifacts/images/tar.js';
import type { AddressKeeper } from '../keeper.js';

/** The image's name. */
export const IMAGE = 'keepalived';
/** The version of Debian 12's package. */
const TAG = '2.2.7';
/** A shell and socat ask the API server; timeout is of coreutils. */
const PACKAGES = ['keepalived', 'socat', 'dash', 'coreutils', 'libc6'];

/** These programs and the libraries they are linked against; what else the packages depend on only sets up a host. */
const KEPT =
  /^(usr\/sbin\/keepalived|(usr\/)?bin\/(sh|dash|socat1?|timeout)|lib64(\/.*)?|(usr\/)?lib\/[^/]+\/(ld-linux[^/]*|lib(c|m|dl|rt|pthread|resolv|crypt|ssl|crypto|nl-3|nl-genl-3|nftnl|mnl|pcre2-8|netsnmp(mibs|agent)?|gio-2\.0|glib-2\.0|gobject-2\.0|gmodule-2\.0|systemd|sensors|pci|wrap|perl|z|mount|blkid|selinux|cap|gcrypt|gpg-error|lzma|zstd|lz4|udev|nsl|tirpc|ffi|gssapi_krb5|krb5|k5crypto|krb5support|com_err|keyutils)[.-][^/]*))$/;

/** Who it runs as, and folders that it writes to. */
const MORE: readonly TarEntry[] = [
  { path: 'etc/passwd', type: 'file', mode: 0o644, content: Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
  { path: 'etc/group', type: 'file', mode: 0o644, content: Buffer.from('root:x:0:\n') },
  { path: 'run', type: 'directory', mode: 0o755 },
  { path: 'tmp', type: 'directory', mode: 0o1777 },
];

export const keepalivedImage: AddressKeeper['supply'] = {
  unofficial: 'its image is made of packages of a distribution, and no registry has it',
  images: [
    {
      name: IMAGE,
      on: 'control-plane',
      apart: true,
      builtOnly: true,
      ref: () => `kinit.local/${IMAGE}:${TAG}`,
      build: imageOfPackages({
        ...{ name: IMAGE, packages: PACKAGES, kept: KEPT, more: MORE },
        ...{ entrypoint: '/usr/sbin/keepalived', tag: TAG },
      }),
    },
  ],
};
