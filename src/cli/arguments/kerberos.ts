import { KinitError } from '../../model/error.js';
import { quoteAll } from '../../shell/quote.js';

/** Short options of MIT's and Heimdal's kinit that this tool does not have. */
const KERBEROS_FLAG = /^-[VlsrfFpPaACEvRktcSTXn]/;

/**
 * Kerberos's ticket command has the same name. A call that was meant for it is answered with where to find it.
 * @throws KinitError usage, where the arguments are Kerberos's.
 */
export function refuseKerberosCall(argv: readonly string[], commands: readonly string[]): void {
  const first = argv[0];
  // Alone these two are ours.
  if (argv.length === 1 && (first === '-V' || first === '-v')) return;
  if (first === undefined || argv.some((word) => commands.includes(word))) return;
  const principal = argv.find((word) => !word.startsWith('-') && word.includes('@'));
  if (principal === undefined && !KERBEROS_FLAG.test(first)) return;
  throw new KinitError('This kinit builds Kubernetes clusters. It gives no Kerberos tickets.', {
    class: 'usage',
    tried: `kinit ${quoteAll(argv)}`,
    hint: `For a Kerberos ticket: /usr/bin/kinit ${quoteAll(argv)} (package krb5-user or krb5-workstation).\nTo keep the short name for Kerberos, call this tool kinit-cluster.`,
  });
}
