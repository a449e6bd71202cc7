import type { Finding, Path } from '../problem.js';
import type { Rule } from './rule.js';

export const argumentRules: readonly Rule[] = [
  { reads: ['apiServer.extraArgs'], check: ({ apiServer }) => flags(apiServer.extraArgs, ['apiServer', 'extraArgs']) },
  {
    reads: ['controllerManager.extraArgs'],
    check: ({ controllerManager }) => flags(controllerManager.extraArgs, ['controllerManager', 'extraArgs']),
  },
  { reads: ['scheduler.extraArgs'], check: ({ scheduler }) => flags(scheduler.extraArgs, ['scheduler', 'extraArgs']) },
  { reads: ['etcd.extraArgs'], check: ({ etcd }) => flags(etcd.extraArgs, ['etcd', 'extraArgs']) },
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
