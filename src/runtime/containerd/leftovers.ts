import type { LeftoverRow } from '../../model/seams/leftover.js';
import type { Spec } from '../../model/spec.js';

/** Where packages put the daemon; kinit's own is in /usr/local/bin. */
const PACKAGED = '/usr/bin/containerd';
const IMPORTS = '/etc/containerd/conf.d';
/** Keys that a cluster depends on. */
const TELLING =
  /^\s*(root|state|address|conf_dir|bin_dirs?|config_path|sandbox|sandbox_image|disabled_plugins|snapshotter|SystemdCgroup)\s*=.*$/m;

/** Our configuration imports what users add there; what sets the same keys wins. */
export const imports: LeftoverRow = {
  name: 'runtime-imports',
  title: 'Settings of others that containerd imports',
  harm: 'They win over what kinit writes: pods would get no network, another data folder or another cgroup driver.',
  looks: () => ({ texts: [`${IMPORTS}/*.toml`] }),
  find: ({ past, older }) =>
    past.files
      .filter((file) => file.path.startsWith(`${IMPORTS}/`) && older(file))
      .flatMap((file) => {
        const line = TELLING.exec(file.text ?? '')?.[0]
          .trim()
          .slice(0, 80);
        return line === undefined
          ? []
          : [
              {
                what: file.path,
                owner: line,
                written: file.written,
                severity: 'error' as const,
                aside: { do: 'move' as const, path: file.path },
                advice: 'Take these keys out of the file.',
              },
            ];
      }),
};

/** A package's daemon is there, perhaps Docker's: kinit's runs in its place, with the same socket and folder, until reset. */
export const packagedDaemon: LeftoverRow = {
  name: 'containerd-package',
  title: 'A containerd of a package',
  harm: "kinit's own containerd takes over its unit, its configuration and /var/lib/containerd until reset: what people run with it, and Docker's engine above it, runs with kinit's.",
  looks: (spec) => (isOwn(spec) ? { programs: [PACKAGED] } : {}),
  find: ({ past, spec, mine }) =>
    (past.programs ?? [])
      .filter(({ path }) => path === PACKAGED && isOwn(spec) && !mine)
      .map(({ version }) => ({
        what: PACKAGED,
        owner: version === '' ? 'does not say its version' : version,
        severity: 'warning' as const,
        advice:
          'To keep that of the package: runtime.from: distribution, or docker where it is containerd.io. If nothing needs it, remove its package.',
      })),
};

function isOwn({ runtime }: Spec): boolean {
  return runtime.name === 'containerd' && runtime.from === 'artifacts';
}
