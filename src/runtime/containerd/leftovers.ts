import type { LeftoverRow } from '../../model/seams/leftover.js';

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
