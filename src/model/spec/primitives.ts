import { z } from 'zod';

export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and "-", at most 63, starting and ending with a letter or digit (RFC 1123)',
  );
export const port = z.int().min(1).max(65535);
/** Go has a duration in 64 bits of nanoseconds, and the stock kubeadm makes one of what certificates live. */
export const days = z.int().min(1).max(106_751, 'must be at most 106751 days, the longest time that kubeadm knows');
/** Node has timers of 31 bits of milliseconds, 24 days; waits of kinit are sums of some. Whoever waits for a day has given up. */
export const MOST_SECONDS = 86_400;
export const cidr = z.cidrv4('must be an IPv4 network such as 10.0.0.0/16');
export const httpUrl = z.url({ protocol: /^https?$/, error: 'must be a URL that starts with http:// or https://' });
/** The same where it goes to hosts as it stands, and into plans and errors. @param instead where a login is to be said */
export const openUrlWith = (instead = ''): typeof httpUrl =>
  httpUrl.refine((text) => !URL.canParse(text) || new URL(text).username === '', {
    error: `must have no login in it: everybody on the host can read it${instead}`,
  });
export const openUrl = openUrlWith();
/** Of a key of OpenPGP, as gpg prints it, with or without its spaces. */
export const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, '').toUpperCase())
  .refine((text) => /^([0-9A-F]{40}|[0-9A-F]{64})$/.test(text), {
    error: 'must be the fingerprint of a key: 40 hexadecimal digits, or 64 of a newer kind',
  });
/**
 * A folder on hosts that an option gives to kinit. The mark tells the rules about folders, which know what is nobody's to give
 * (src/inventory/rules/folders.ts).
 */
export const hostFolder = z
  .string()
  .regex(/^\/[^\0\n\r]*$/, 'must be an absolute path')
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), {
    error: 'must be an absolute path without "." and ".."',
  })
  .meta({ 'x-host-folder': true });
export const labels = z.record(z.string(), z.string());
export const extraArgs = z.record(z.string(), z.string());

/** An IPv6 address may stand in brackets, as in URLs. */
export const address = z
  .string()
  .min(1, 'must not be empty')
  .transform((text) => text.replace(/^\[([0-9A-Fa-f:.]+(?:%[^\]]+)?)\]$/, '$1'));
export const envName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, not the secret itself');
