import type { Spec } from '../../model/spec.js';
import type { Finding, Path } from '../problem.js';
import { nearest } from '../nearest.js';
import type { Rule } from './rule.js';

export const argumentRules: readonly Rule[] = [
  { reads: ['apiServer.extraArgs'], check: ({ apiServer }) => flags(apiServer.extraArgs, ['apiServer', 'extraArgs']) },
  {
    reads: ['controllerManager.extraArgs'],
    check: ({ controllerManager }) => flags(controllerManager.extraArgs, ['controllerManager', 'extraArgs']),
  },
  { reads: ['scheduler.extraArgs'], check: ({ scheduler }) => flags(scheduler.extraArgs, ['scheduler', 'extraArgs']) },
  { reads: ['etcd.extraArgs'], check: ({ etcd }) => flags(etcd.extraArgs, ['etcd', 'extraArgs']) },
  { reads: ['sysctls'], check: sysctls },
];

function flags(given: Readonly<Record<string, string>>, path: Path): Finding[] {
  return Object.entries(given).flatMap(([flag, value]): Finding[] => {
    if (/[\n\r\0]/.test(value)) return [{ path: [...path, flag], message: 'the value of a flag is one line' }];
    if (/^[a-z0-9][a-z0-9-]*$/.test(flag)) return [];
    const bare = flag.replace(/^-+/, '').replace(/=.*$/, '');
    const suggestion = /^[a-z0-9][a-z0-9-]*$/.test(bare) ? { suggestion: bare } : {};
    return [
      {
        path: [...path, flag],
        atKey: true,
        found: JSON.stringify(flag),
        message: 'must be the name of a flag, without "--" and without its value',
        ...suggestion,
      },
    ];
  });
}

function sysctls({ sysctls: given }: Spec): Finding[] {
  const roots = ['abi', 'debug', 'dev', 'fs', 'kernel', 'net', 'user', 'vm'];
  return Object.entries(given).flatMap(([name, value]): Finding[] => {
    const path = ['sysctls', name];
    const root = name.split(/[./]/)[0] ?? '';
    if (!/^[a-zA-Z0-9_*-]+([./][a-zA-Z0-9_*@:-]+)+$/.test(name))
      return [
        {
          path,
          atKey: true,
          found: JSON.stringify(name),
          message: 'must be the name of a sysctl, such as net.core.somaxconn',
        },
      ];
    if (!roots.includes(root)) {
      const meant = nearest(root, roots);
      return [
        {
          path,
          atKey: true,
          found: JSON.stringify(name),
          message: `sysctls start with ${roots.join(', ')}`,
          ...(meant === undefined ? {} : { suggestion: name.replace(root, meant) }),
        },
      ];
    }
    return value.trim() === '' || /[\n\r\0]/.test(value)
      ? [{ path, message: 'the value of a sysctl is one line that is not empty' }]
      : [];
  });
}
