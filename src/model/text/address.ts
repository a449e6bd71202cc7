/** 'host:port', an IPv6 address in brackets, as URLs and ssh have it. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
}

/** Takes the brackets off an IPv6 address. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** Loopback of the same family. */
export function loopback(address: string): string {
  return address.includes(':') ? '::1' : '127.0.0.1';
}
