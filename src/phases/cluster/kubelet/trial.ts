import { parse } from 'yaml';
import type { PhaseContext } from '../../../model/phase.js';
import { TRIAL_FILE, type Trial } from '../../../model/seams/trial.js';
import { mergeYaml } from '../../../templates/merge-yaml.js';
import { kubeletConfiguration } from './configuration.js';

/** A cipher suite that does not exist. */
const NO_SUITE = 'kinit-trial';

/**
 * The kubelet, asked what it thinks of its configuration. It has no way to check one and end; so it is given one that names a cipher suite
 * that does not exist, which it comes upon behind all checks and before it does anything (cmd/kubelet/app: RunE validates, then
 * UnsecuredDependencies asks InitializeTLS). Folders and the runtime's socket are not the node's, should that order ever change.
 */
export function kubeletTrial(context: PhaseContext): Trial {
  const configuration = kubeletConfiguration(context);
  const { tlsCipherSuites: suites } = parse(configuration) as { readonly tlsCipherSuites?: readonly string[] };
  return {
    program: 'kubelet',
    settings: 'kubelet.config',
    args: [`--config=${TRIAL_FILE}`, '--root-dir=root', '--cert-dir=root'],
    configuration: mergeYaml(configuration, {
      containerRuntimeEndpoint: 'unix:///nonexistent/kinit-trial.sock',
      tlsCipherSuites: [...(suites ?? []), NO_SUITE],
    }),
    taken: NO_SUITE,
  };
}
