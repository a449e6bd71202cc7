import type { Spec } from '../../model/spec.js';
import { criEndpoint } from '../../runtime/index.js';
import { valueAt } from '../value-at.js';
import type { Finding } from '../problem.js';
import type { Rule } from './rule.js';

/** A value that other parts of a cluster go by: another one, said in passing, would leave them asking where nobody answers. */
interface OwnSetting {
  /** A map that goes through to a program as it is, and a key of it. */
  readonly map: 'apiServer.extraArgs' | 'controllerManager.extraArgs' | 'scheduler.extraArgs' | 'kubelet.config';
  readonly key: string;
  /** Whether it may be said all the same: it is so anyway, or does no harm. */
  readonly fits: (value: unknown, spec: Spec) => boolean;
  readonly message: string;
}

const OWN: readonly OwnSetting[] = [
  {
    map: 'apiServer.extraArgs',
    key: 'secure-port',
    fits: (value, { apiServer }) => value === String(apiServer.port),
    message: 'every node and kubeconfig goes by apiServer.port; set that instead',
  },
  {
    map: 'apiServer.extraArgs',
    key: 'bind-address',
    // What a virtual address asks of it is a rule of that.
    fits: (value, { apiServer: { virtualAddress } }) =>
      virtualAddress !== undefined || !/^(127\.|::1$|localhost$)/.test(String(value)),
    message: 'nodes reach it at the address of its host; take it out',
  },
  {
    map: 'controllerManager.extraArgs',
    key: 'secure-port',
    fits: (value) => value === '10257',
    message: 'its health is asked for at 10257; take it out',
  },
  {
    map: 'scheduler.extraArgs',
    key: 'secure-port',
    fits: (value) => value === '10259',
    message: 'its health is asked for at 10259; take it out',
  },
  {
    map: 'kubelet.config',
    key: 'staticPodPath',
    fits: (value) => value === '/etc/kubernetes/manifests',
    message: 'the control plane is started from /etc/kubernetes/manifests; take it out',
  },
  {
    map: 'kubelet.config',
    key: 'containerRuntimeEndpoint',
    fits: (value, spec) => value === criEndpoint(spec),
    message: 'follows from runtime.name; take it out',
  },
];

export const ownSettingRules: readonly Rule[] = OWN.map(({ map, key, fits, message }) => ({
  reads: [map],
  check: (spec: Spec): Finding[] => {
    const path = [...map.split('.'), key];
    const said = valueAt(spec, path);
    return said === undefined || fits(said, spec) ? [] : [{ path, message }];
  },
}));
