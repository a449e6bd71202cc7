/** 'host:port', an IPv6 address in brackets, as URLs and ssh have it. */
export function hostPort(host: string, port: number | string): string {
  return `${bracketed(host)}:${String(port)}`;
}

/** An IPv6 address in brackets; anything else as it is. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Takes the brackets off an IPv6 address. */
export function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
