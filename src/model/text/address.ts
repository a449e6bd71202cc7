/** host:port of a URL, with the brackets an IPv6 address needs. */
export function hostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Loopback of the same family. */
export function loopback(address: string): string {
  return address.includes(':') ? '::1' : '127.0.0.1';
}
