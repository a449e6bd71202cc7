import { FAMILIES, findOs, isOs, isSupportedRelease, lockCheckOf, supportedReleases } from '../os/index.js';
import type { Check } from './check.js';

export const operatingSystem: Check = ({ facts }) => {
  const family = findOs(facts);
  const supported = family !== undefined && isSupportedRelease(family, facts.os);
  const base = {
    name: 'os',
    title: 'Operating system',
    found: facts.os.prettyName || facts.os.id || 'unknown',
    minimum: `one of ${supportedReleases.join(', ')}`,
  };
  return [
    supported
      ? { ...base, status: 'ok' }
      : {
          ...base,
          status: 'error',
          hint:
            family === undefined
              ? 'kinit cannot prepare this system: install one of these.'
              : 'kinit was not tried on this release, though it knows its like: install one of these, or go on at your own risk with --ignore-preflight os.',
        },
  ];
};

/** What the inventory says of the host, where it does. */
export const namedSystem: Check = ({ facts, spec: { name, address, os } }) => {
  if (os === undefined) return [];
  const base = {
    name: 'os-as-named',
    title: 'Operating system as the inventory says',
    found: facts.os.prettyName || facts.os.id || 'unknown',
    minimum: os,
  };
  return [
    isOs(os, facts)
      ? { ...base, status: 'ok' }
      : {
          ...base,
          status: 'error',
          hint: `Is ${address} the machine that ${name} is meant to be? Correct its address in the inventory, install ${os} on it, or correct hosts[].os.`,
        },
  ];
};

export const architecture: Check = ({ facts }) => {
  const base = { name: 'arch', title: 'Architecture', found: facts.arch, minimum: 'amd64 or arm64' };
  return [
    facts.arch === 'unsupported'
      ? { ...base, status: 'error', hint: 'Kubernetes is built here for amd64 and arm64 only.' }
      : { ...base, status: 'ok' },
  ];
};

export const initSystem: Check = ({ facts }) => {
  const base = { name: 'init', title: 'Init system', found: facts.initSystem || 'unknown', minimum: 'systemd' };
  return [
    facts.initSystem === 'systemd'
      ? { ...base, status: 'ok' }
      : {
          ...base,
          status: 'error',
          hint: 'kinit runs the kubelet and the container runtime as systemd services; boot the machine with systemd.',
        },
  ];
};

/** With swap: off it will be turned off; only keeping it is worth a word. */
export const swap: Check = ({ facts }, { spec }) => {
  const devices = facts.swap
    .map(({ device, sizeKB }) => `${device} (${String(Math.round(sizeKB / 1024))} MB)`)
    .join(', ');
  const base = { name: 'swap', title: 'Swap' };
  if (facts.swap.length === 0) return [{ ...base, status: 'ok', found: 'none' }];
  if (spec.swap === 'off') return [{ ...base, status: 'ok', found: `${devices}, is turned off` }];
  return [
    {
      ...base,
      status: 'warning',
      found: devices,
      recommended: 'none',
      hint: 'Memory limits of pods are only kept roughly with swap, and secrets may reach the disk; swap: off turns it off.',
    },
  ];
};

export const firewall: Check = ({ facts }, { spec }) => {
  const base = { name: 'firewall', title: 'Firewall' };
  if (facts.firewalls.length === 0) return [{ ...base, status: 'ok', found: 'none active' }];
  const active = `${facts.firewalls.join(', ')} active`;
  if (spec.firewall === 'off') return [{ ...base, status: 'ok', found: `${active}, is turned off` }];
  if (spec.firewall === 'open-ports')
    return [{ ...base, status: 'ok', found: `${active}, the ports of the cluster are opened` }];
  return [
    {
      ...base,
      status: 'warning',
      found: active,
      hint: 'firewall: keep leaves its rules alone; the ports of the cluster must be open already. firewall: open-ports opens them.',
    },
  ];
};

/** Only a warning: installing packages waits for the lock, with a bound. */
export const packageLock: Check = ({ facts }) => {
  if (facts.packageLockHolder === undefined) return [];
  return [
    {
      name: lockCheckOf((findOs(facts) ?? FAMILIES[0]).packages),
      title: 'Package manager',
      status: 'warning',
      found: `locked by ${facts.packageLockHolder}`,
      recommended: 'free',
      hint: 'kinit waits for it when it installs packages. Unattended upgrades end by themselves.',
    },
  ];
};
