import { basename } from 'node:path/posix';
import type { PastFile } from '../../model/past.js';
import type { Leftover, LeftoverRow } from '../../model/seams/leftover.js';
import type { Spec } from '../../model/spec.js';
import { runtimeOf } from '../../runtime/index.js';

/** systemd.unit(5): drop-ins of all of them are read. */
const UNIT_FOLDERS = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((folder) => `${folder}/systemd/system`);
const KUBELET = 'kubelet';
/** Its drop-in that kinit writes; one of this name in a folder further back is not read then. */
const OWN_DROP_IN = '10-kubeadm.conf';
/** kubeadm's drop-in, and so kinit's, reads them: Debian's and Red Hat's place. */
const ENVIRONMENT = ['/etc/default/kubelet', '/etc/sysconfig/kubelet'];
/** Flags of the kubelet that say what kinit's configuration says, or that it does not have any more. */
const OWN_FLAGS =
  /--(node-ip|hostname-override|config|kubeconfig|bootstrap-kubeconfig|cgroup-driver|container-runtime|container-runtime-endpoint|network-plugin|cni-bin-dir|cni-conf-dir|pod-infra-container-image|pod-manifest-path|cluster-dns|cluster-domain|client-ca-file|root-dir|cloud-provider|register-with-taints|tls-cert-file)\b/g;

/** What others have set for the services of a node: it is read beside what kinit writes, and wins. */
export const serviceSettings: LeftoverRow = {
  name: 'service-settings',
  title: 'Settings of others for kubelet and container runtime',
  harm: 'They win over what kinit writes: another program, another socket, another address.',
  looks: (spec) => ({
    texts: [
      ...unitsOf(spec).flatMap((unit) => UNIT_FOLDERS.map((folder) => `${folder}/${unit}.service.d/*.conf`)),
      ...ENVIRONMENT,
    ],
  }),
  find: ({ past, older, spec }) => [
    ...past.files.filter((file) => isDropIn(file, spec) && older(file)).flatMap(dropIn),
    ...past.files.filter((file) => ENVIRONMENT.includes(file.path) && older(file)).flatMap(environment),
  ],
};

function unitsOf(spec: Spec): readonly string[] {
  return [KUBELET, ...runtimeOf(spec).units];
}

function isDropIn({ path }: PastFile, spec: Spec): boolean {
  return unitsOf(spec).some((unit) => path.includes(`/${unit}.service.d/`)) && basename(path) !== OWN_DROP_IN;
}

/** Limits, environment, order: a person's own. Another program or its arguments: not. */
function dropIn(file: PastFile): Leftover[] {
  const lines = linesOf(file);
  const telling = lines.find((line) => /^ExecStart *=|KUBELET_[A-Z]+_ARGS/.test(line));
  if (telling === undefined) return [];
  const packaged = !/^\/(etc|run)\//.test(file.path);
  return [
    {
      what: file.path,
      owner: short(telling),
      written: file.written,
      severity: 'error',
      ...(packaged ? {} : { aside: { do: 'move', path: file.path } }),
      advice: packaged
        ? `A file of the same name in /etc/systemd/system/kubelet.service.d that links to /dev/null takes a package's away.`
        : 'Remove the drop-in; kubelet.config in the inventory is for settings of the kubelet.',
    },
  ];
}

function environment(file: PastFile): Leftover[] {
  const args = linesOf(file)
    .map((line) => /^(?:export +)?KUBELET_EXTRA_ARGS *= *"?'?(.*?)'?"?$/.exec(line)?.[1]?.trim() ?? '')
    .filter((each) => each !== '');
  if (args.length === 0) return [];
  const own = [...args.join(' ').matchAll(OWN_FLAGS)].map(([flag]) => flag);
  return [
    {
      what: file.path,
      owner: own.length > 0 ? own.join(' ') : short(args.join(' ')),
      written: file.written,
      severity: own.length > 0 ? 'error' : 'warning',
      aside: { do: 'move', path: file.path },
      advice:
        'The kubelet gets these flags behind those of kinit. kubelet.config in the inventory is for its settings.',
    },
  ];
}

function linesOf({ text = '' }: PastFile): string[] {
  return text.split('\n').map((line) => line.trim());
}

/** A value may be a secret: what stands before the first '=' and its flags' names are enough. */
function short(line: string): string {
  const flags = [...line.matchAll(/--[a-z0-9-]+/g)].map(([flag]) => flag);
  return [...(/^[A-Za-z]+ *=/.exec(line) ?? []).map((name) => name.replace(/ *=$/, '')), ...flags]
    .slice(0, 5)
    .join(' ');
}
