import type { Spec } from '../../model/spec.js';
import type { Finding, Path } from '../problem.js';
import { isAddress } from './names.js';
import type { Rule } from './rule.js';

export const accessRules: readonly Rule[] = [
  { reads: ['hosts.ssh', 'hosts.sudo', 'ssh', 'sudo'], check: oneSourceEach },
  { reads: ['hosts.ssh', 'ssh'], check: bastionAddresses },
];

type Section = { readonly bastions?: readonly object[] | undefined };

/** A secret that is in two places may be two secrets: nobody could say which one counts. */
function oneSourceEach(spec: Spec): Finding[] {
  return sections(spec).flatMap(({ path, section }) =>
    ['passphrase', 'password'].flatMap((secret): Finding[] => {
      const [env, file] = [`${secret}Env`, `${secret}File`];
      return env in section && file in section
        ? [{ path: [...path, file], message: `${env} stands here too; keep one of them` }]
        : [];
    }),
  );
}

function bastionAddresses(spec: Spec): Finding[] {
  return sections(spec).flatMap(({ path, section }): Finding[] => {
    const address: unknown = 'address' in section ? section.address : undefined;
    if (typeof address !== 'string' || isAddress(address.replaceAll('_', '-'))) return [];
    return [
      {
        path: [...path, 'address'],
        message: 'must be an IP address or a DNS name and nothing else; use user and port for the rest',
      },
    ];
  });
}

/** Every section that says how to log in or become root. */
function sections({ ssh, sudo, hosts }: Spec): { readonly path: Path; readonly section: object }[] {
  const withBastions = (path: Path, section: Section | undefined): { path: Path; section: object }[] =>
    section === undefined
      ? []
      : [
          { path, section },
          ...(section.bastions ?? []).map((each, index) => ({ path: [...path, 'bastions', index], section: each })),
        ];
  return [
    ...withBastions(['ssh'], ssh),
    { path: ['sudo'], section: sudo },
    ...hosts.flatMap((host, index) => [
      ...withBastions(['hosts', index, 'ssh'], host.ssh),
      ...(host.sudo === undefined ? [] : [{ path: ['hosts', index, 'sudo'], section: host.sudo }]),
    ]),
  ];
}
