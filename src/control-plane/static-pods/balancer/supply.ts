import { imageOfPackages } from '../../../artifacts/images/of-packages.js';
import type { Supply } from '../../../artifacts/supply.js';

/** The image's name. */
export const IMAGE = 'haproxy';
/** The version of Debian 12's package; Docker Hub has the same tag. */
const TAG = '2.6.12';
const PACKAGES = ['haproxy', 'libc6'];

/** The program and the libraries it is linked against; what else the package depends on only sets up a host. */
const KEPT =
  /^(usr\/sbin\/haproxy|lib64(\/.*)?|(usr\/)?lib\/[^/]+\/(ld-linux[^/]*|lib(c|m|dl|pthread|crypt|ssl|crypto|lua5\.3|systemd|pcre2-8|opentracing[^/]*|stdc\+\+|gcc_s|cap|gcrypt|gpg-error|lzma|zstd|lz4)[.-][^/]*))$/;

export const balancerImage: Supply = {
  images: [
    {
      name: IMAGE,
      on: 'all',
      apart: true,
      pinned: true,
      ref: (_version, registries) => registries.other(`docker.io/library/haproxy:${TAG}`),
      build: imageOfPackages({
        name: IMAGE,
        packages: PACKAGES,
        kept: KEPT,
        entrypoint: '/usr/sbin/haproxy',
        tag: TAG,
      }),
    },
  ],
};
