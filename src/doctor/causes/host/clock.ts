import { CLOCK_FAR_MS, CLOCK_NEAR_MS } from '../../../model/clock.js';
import { eachHost, type Cause } from '../../cause.js';
import { certificates, hostTime } from '../../read/certificates.js';

export const clockSkew: Cause = {
  name: 'clock-skew',
  title: 'The clock of a host is wrong',
  symptom:
    'x509: certificate has expired or is not yet valid: current time ... is before ...; tokens that are refused; nodes that flap',
  sign: "The host's clock is more than a minute away from this machine's (from five seconds on, a warning), or a certificate on it starts in the future.",
  remedy:
    'Run a time service (`timeSync: chrony` in the inventory) and set the clock once: `kinit init --set-clocks` sets it by the clock of this machine, `chronyc makestep` or `timedatectl set-ntp true` by a time server.',
  rank: 20,
  find: eachHost((host, { takenAt }) => {
    const offset = host.facts.clockOffsetMs;
    const now = hostTime(takenAt, host);
    const future = certificates(host).find(({ notBefore }) => notBefore.getTime() > now + CLOCK_NEAR_MS);
    if (Math.abs(offset) < CLOCK_NEAR_MS && future === undefined) return undefined;
    const seconds = Math.round(Math.abs(offset) / 1000);
    const skew =
      Math.abs(offset) < CLOCK_NEAR_MS
        ? []
        : [`its clock is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} this machine's`];
    const early =
      future === undefined
        ? []
        : [
            `${future.path} is valid only from ${future.notBefore.toISOString()} on, and its clock says ${new Date(now).toISOString()}`,
          ];
    return {
      found: [...skew, ...early].join('; '),
      next: `kinit init --set-clocks (by this machine), or on ${host.host}: chronyc makestep; timeSync: chrony in the inventory keeps it right`,
      severity: Math.abs(offset) >= CLOCK_FAR_MS || future !== undefined ? 'error' : 'warning',
    };
  }),
};
