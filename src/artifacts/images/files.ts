import type { DebianFiles } from '../debian/packages.js';
import type { TarEntry } from './tar.js';

/** kube-proxy and flannel run these programs; busybox is for a person who has to look around in a container. */
export const BASE_PACKAGES = [
  'iptables',
  'nftables',
  'ipset',
  'conntrack',
  'kmod',
  'ca-certificates',
  'busybox-static',
  'libc6',
];
export const NGINX_PACKAGES = ['nginx-light', 'busybox', 'libc6'];

const BUSYBOX_NAMES = [
  'sh',
  'cat',
  'cp',
  'ls',
  'mkdir',
  'mv',
  'rm',
  'sleep',
  'date',
  'echo',
  'env',
  'grep',
  'head',
  'tail',
  'id',
  'ps',
  'wget',
  'nslookup',
  'nc',
  'ping',
];

/** The base layer: Debian's files, the links that their postinst scripts would make, and /etc. */
export function baseEntries(debian: readonly TarEntry[]): TarEntry[] {
  return [
    ...debian.filter((entry) => !CA_SOURCE.test(entry.path)),
    ...etcEntries(debian),
    ...iptablesLinks(debian),
    ...busyboxLinks(),
  ];
}

/** Users, name resolution order, CA certificates: what a static program expects to find. */
export function etcEntries(debian: readonly TarEntry[]): TarEntry[] {
  return [
    text(
      'etc/passwd',
      'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nnonroot:x:65532:65532:nonroot:/home/nonroot:/bin/false\n',
    ),
    text('etc/group', 'root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n'),
    text('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
    text('etc/ssl/certs/ca-certificates.crt', certificates(debian)),
    { path: 'tmp', type: 'directory', mode: 0o1777 },
  ];
}

/** nginx in the foreground on port 80, logging to its standard streams, with one page. */
export function nginxEntries(debian: DebianFiles): TarEntry[] {
  const kept = debian.entries.filter((entry) => !/^(etc\/nginx|var\/www)(\/|$)/.test(entry.path));
  return [
    ...kept,
    ...etcEntries(kept).filter((entry) => !entry.path.startsWith('etc/ssl')),
    ...busyboxLinks(),
    text('etc/nginx/nginx.conf', NGINX_CONF),
    text(
      'usr/share/nginx/html/index.html',
      '<!DOCTYPE html>\n<html><head><title>Welcome to nginx!</title></head>\n<body><h1>Welcome to nginx!</h1><p>It runs in a pod of your cluster.</p></body></html>\n',
    ),
    { path: 'var/log/nginx', type: 'directory', mode: 0o755 },
    { path: 'var/lib/nginx', type: 'directory', mode: 0o755 },
  ];
}

const NGINX_CONF = `user nobody nogroup;
worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr notice;
events { worker_connections 1024; }
http {
  access_log /dev/stdout;
  default_type text/plain;
  types { text/html html; }
  client_body_temp_path /tmp/nginx-body;
  proxy_temp_path /tmp/nginx-proxy;
  fastcgi_temp_path /tmp/nginx-fastcgi;
  uwsgi_temp_path /tmp/nginx-uwsgi;
  scgi_temp_path /tmp/nginx-scgi;
  server {
    listen 80;
    root /usr/share/nginx/html;
  }
}
`;

const CA_SOURCE = /^usr\/share\/ca-certificates\//;

/** What update-ca-certificates would write. */
function certificates(debian: readonly TarEntry[]): string {
  return debian
    .filter((entry) => CA_SOURCE.test(entry.path) && entry.path.endsWith('.crt') && entry.content instanceof Uint8Array)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((entry) =>
      Buffer.from(entry.content as Uint8Array)
        .toString()
        .trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

/** Debian's alternatives: the names without -nft. The kernel API is the one that kube-proxy's nftables mode needs too. */
function iptablesLinks(debian: readonly TarEntry[]): TarEntry[] {
  return debian
    .map((entry) => /^usr\/sbin\/((?:ip6?|arp|eb)tables)-nft(-restore|-save)?$/.exec(entry.path))
    .filter((match) => match !== null)
    .map((match) => link(`usr/sbin/${match[1] ?? ''}${match[2] ?? ''}`, 'xtables-nft-multi'));
}

function busyboxLinks(): TarEntry[] {
  return BUSYBOX_NAMES.map((name) => link(`bin/${name}`, 'busybox'));
}

function link(path: string, target: string): TarEntry {
  return { path, type: 'symlink', mode: 0o777, target };
}

function text(path: string, content: string): TarEntry {
  return { path, type: 'file', mode: 0o644, content: Buffer.from(content) };
}
