import { z } from 'zod';
import { runsAs } from '../../datastore/index.js';
import { SERVER_FILE } from '../../model/facts.js';
import type { PhaseContext } from '../../model/phase.js';
import { isControlPlane } from '../../model/spec.js';
import { digestOf } from '../../model/text/digest.js';
import { toFlags, type Flags } from '../../model/text/flags.js';
import { toYaml } from '../../model/text/yaml.js';
import { keyAnnotations, trustAnnotations } from '../../pki/index.js';
import { template } from '../../templates/template.js';
import { apiServerFilesDigest } from '../api-server/files.js';
import { apiServerFlags } from '../api-server/flags.js';
import { apiServerExtraArgs } from '../api-server/hardening.js';
import {
  CONTROLLER_MANAGER_CONF,
  controllerManagerExtraArgs,
  controllerManagerFlags,
  credentialsDigest,
  SCHEDULER_CONF,
  SCHEDULER_FLAGS,
  schedulerExtraArgs,
} from '../controllers/flags.js';
import { emulationFlags, programVersion } from '../emulation.js';
import { PROGRAM } from './places.js';

const unit = template(
  new URL('./unit.hbs', import.meta.url),
  z.strictObject({ program: z.string(), configuration: z.string() }),
);

/** Its unit: it is started when the API answers, and started again when that stops (systemd's watchdog). */
export function serverUnit(): string {
  return unit({ program: PROGRAM, configuration: SERVER_FILE });
}

/**
 * What the server reads (components/embedded/config.go): the flags of static pods, and its datastore.
 * @param joins its datastore is added to those of other hosts; absent: without what counts at its first start only
 * @param kept its datastore began the cluster, and has others
 */
export function serverConfiguration(context: PhaseContext, joins?: boolean, kept?: boolean): string {
  const { spec } = context;
  const emulated = emulationFlags(context);
  const election = spec.hosts.filter(isControlPlane).length > 1 ? {} : ALONE;
  return toYaml({
    kubernetesVersion: programVersion(context),
    // Without one in it, its flags say where it is.
    datastore: runsAs(spec, 'process')?.(context, joins, kept) ?? {},
    kubeconfig: SCHEDULER_CONF,
    apiServer: toFlags({ ...apiServerFlags(context), ...emulated }, apiServerExtraArgs(spec.apiServer.extraArgs)),
    controllerManager: toFlags(
      { ...controllerManagerFlags(context), ...election, ...emulated },
      controllerManagerExtraArgs(spec),
    ),
    scheduler: toFlags({ ...SCHEDULER_FLAGS, ...election, ...emulated }, schedulerExtraArgs(spec)),
  });
}

/** On a host that is the only one: a lease that nobody else can take only costs a write every two seconds. */
const ALONE: Flags = { 'leader-elect': 'false' };

/** Of everything it takes up at its start: another one means a restart. */
export function serverRevision(context: PhaseContext): string {
  const { binaries, ahead } = context.artifacts;
  const programs = (ahead?.binaries ?? binaries).filter(({ group }) => group === PROGRAM).map(({ sha256 }) => sha256);
  return digestOf(
    serverUnit(),
    serverConfiguration(context),
    apiServerFilesDigest(context),
    credentialsDigest(context, CONTROLLER_MANAGER_CONF),
    credentialsDigest(context, SCHEDULER_CONF),
    ...[...trustAnnotations(context), ...keyAnnotations(context, 'verifies')].map(({ value }) => value),
    ...programs,
  );
}
