import { eachHost, said, type Cause } from '../../cause.js';
import { runtimeAnswer } from '../../read/containers.js';
import { kubeletSaid, linesOf } from '../../read/logs.js';
import { runtimeUnit, stateOf, unit } from '../../read/units.js';

const NO_CRI = /unknown service runtime\.v1\.RuntimeService/;

export const criDisabled: Cause = {
  name: 'cri-disabled',
  title: 'The CRI plugin of containerd is disabled',
  symptom:
    'validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService',
  sign: 'containerd answers that it does not know the runtime service, or its configuration names the plugin in disabled_plugins (as the containerd.io package of Docker does).',
  remedy:
    'Take "cri" out of `disabled_plugins` in /etc/containerd/config.toml and `systemctl restart containerd`. `kinit init` writes a complete configuration.',
  rank: 34,
  find: eachHost((host) => {
    const { trouble = '' } = runtimeAnswer(host);
    const config = /^\s*disabled_plugins\s*=\s*(\[.*cri.*\])/m.exec(host.text['runtime-config'] ?? '')?.[1];
    if (!NO_CRI.test(trouble) && (config === undefined || trouble === '')) return undefined;
    return {
      found: `containerd runs without its CRI plugin${config === undefined ? '' : ` (disabled_plugins = ${config})`}`,
      next: `on ${host.host}: take "cri" out of disabled_plugins in /etc/containerd/config.toml, then systemctl restart containerd kubelet`,
      kinit: ' (kinit init does it)',
    };
  }),
};

export const runtimeDown: Cause = {
  name: 'runtime-down',
  title: 'The container runtime does not run',
  symptom: 'kubelet: connection error: dial unix /run/containerd/containerd.sock: connect: no such file or directory',
  sign: 'The kubelet is installed, and the unit of the runtime is not active, or the runtime does not answer crictl.',
  remedy:
    '`journalctl -u containerd -e` names the reason: a mistake in /etc/containerd/config.toml, a full disk, a missing program. Mend it and `systemctl restart containerd`. If somebody stopped it: `systemctl enable --now containerd`.',
  rank: 50,
  find: eachHost((host) => {
    const service = runtimeUnit(host);
    if (unit(host, 'kubelet') === undefined || service === undefined) return undefined;
    const { trouble } = runtimeAnswer(host);
    const running = service.active === 'active';
    if (
      running &&
      (trouble === undefined ||
        NO_CRI.test(trouble) ||
        /command not found|not found$|No such file.*crictl/.test(trouble))
    )
      return undefined;
    // Whoever stopped it knows why; its log has what went wrong before.
    const why = service.stopped
      ? undefined
      : (linesOf(host, 'runtime-log').findLast((line) => /level=(fatal|error)|^panic/.test(line)) ??
        kubeletSaid(host, /containerd\.sock|crio\.sock/));
    const state = running
      ? `${service.name} does not answer: ${trouble ?? ''}`
      : `${service.name} is ${stateOf(service)}`;
    return {
      found: `${state}${why === undefined ? '' : `: ${message(why)}`}`,
      next: service.stopped
        ? `on ${host.host}: systemctl enable --now ${service.name}`
        : `on ${host.host}: journalctl -u ${service.name} -e says why; then systemctl restart ${service.name}`,
    };
  }),
};

/** containerd's own text out of its key=value line. */
function message(line: string): string {
  const error = /error="((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? /msg="((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return said((error ?? line).replaceAll('\\"', '"'));
}
