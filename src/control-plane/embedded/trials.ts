import { datastoreOf } from '../../datastore/index.js';
import type { PhaseContext } from '../../model/phase.js';
import { TRIAL_FILE, type Trial } from '../../model/seams/trial.js';
import { AGENT, PROGRAM } from './places.js';
import { serverConfiguration } from './server.js';

/** Each part of the server, by the name that it has elsewhere, asked what it thinks of its flags (components/embedded/check.go). */
export function serverTrials(context: PhaseContext): readonly Trial[] {
  const configuration = serverConfiguration(context);
  const { id, elsewhere } = datastoreOf(context.spec);
  const trial = (program: string, section: string, part = program): Trial => ({
    program,
    artifact: PROGRAM,
    settings: `${section}.extraArgs`,
    args: ['--config', TRIAL_FILE, '--check', part],
    configuration,
    onlyWarnings: true,
  });
  return [
    ...(elsewhere === true ? [] : [trial(id, id, 'datastore')]),
    trial('kube-apiserver', 'apiServer'),
    trial('kube-controller-manager', 'controllerManager'),
    trial('kube-scheduler', 'scheduler'),
  ];
}

/** The same for what the agent's kube-proxy reads. */
export function proxyTrial(configuration: string): Trial {
  return {
    program: AGENT,
    settings: 'kubeProxy.config',
    args: ['--check', '--proxy-config', TRIAL_FILE],
    configuration,
  };
}
