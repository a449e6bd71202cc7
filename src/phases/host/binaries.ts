import type { BinaryArtifact } from '../../model/artifact.js';
import { controlPlaneOf, type NodeAgent } from '../../control-plane/index.js';
import { isMember } from '../../model/facts.js';
import { ROLL_OUT, type Phase, type PhaseContext } from '../../model/phase.js';
import type { Resource } from '../../model/resource.js';
import { fetchingEnvironment } from '../../model/seams/proxies.js';
import type { Spec } from '../../model/spec.js';
import { comesWithKubelet, isKubeletProgram, kubeletWaits } from '../cluster/kubelet-waits.js';
import { absentFile, binary, directory, STAGED, stagedBinary, stagedPath } from '../../resources/index.js';

export const binaries: Phase = {
  id: 'binaries',
  title: 'Kubernetes, runtime and CNI programs',
  appliesTo: () => true,
  // Of nodes that run: programs of one are exchanged when those of the one before it have been started.
  order: { ...ROLL_OUT, until: ['runtime', 'control-plane'] },
  resources: (context) => [
    directory({ path: '/opt/cni', mode: 0o755 }),
    directory({ path: '/opt/cni/bin', mode: 0o755 }),
    ...programsOf(context)
      .filter((artifact) => !isMember(context.node.facts) || !comesWithKubelet(context, artifact))
      .flatMap((artifact) => installed(context, artifact)),
  ],
};

/** Those of a node that runs, which are written in the turn of its kubelet. */
export function kubeletPrograms(context: PhaseContext): readonly Resource[] {
  return programsOf(context)
    .filter((artifact) => comesWithKubelet(context, artifact))
    .flatMap((artifact) => installed(context, artifact));
}

function programsOf({ artifacts, node }: PhaseContext): readonly BinaryArtifact[] {
  return artifacts.binaries.filter(({ on }) => on === undefined || node.isControlPlane);
}

/**
 * Where a control plane's program is the node's agent too, it goes first, and the agent stays with the program of before until it is the kubelet's
 * turn, also where it is started again, or the host is. While the cluster soaks it is a program of its own.
 */
function installed(context: PhaseContext, artifact: BinaryArtifact): ReturnType<typeof binary>[] {
  const { spec, node, artifacts } = context;
  const agent = controlPlaneOf(spec).nodeAgent;
  if (agent === undefined || artifact.group !== agent.group) return [delivered(spec, artifact)];
  const later = node.isControlPlane ? artifacts.ahead?.binaries.find(({ name }) => name === artifact.name) : undefined;
  if (later === undefined && !kubeletWaits(context)) return [delivered(spec, artifact)];
  const server = later ?? artifact;
  const links = server.links.filter((path) => !agent.links.includes(path));
  return [
    ...(later === undefined ? [] : agentApart(spec, artifact, agent)),
    { ...delivered(spec, { ...server, links }), holds: agent.links },
  ];
}

/** First, where the server is of its version yet: nothing has to be sent then. */
function agentApart(
  spec: Spec,
  artifact: BinaryArtifact,
  { process, links: [installPath, ...links] }: NodeAgent,
): ReturnType<typeof binary>[] {
  if (installPath === undefined) return [];
  const apart = delivered(spec, { ...artifact, name: process, installPath, links });
  return [{ ...apart, sameAs: artifact.installPath }];
}

/** Not of init: what an upgrade brings to every host before it changes the first. It is installed when the host's turn comes. */
export const staged: Phase = {
  id: 'staged',
  title: 'Programs of the later version, beside those in use',
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: STAGED, mode: 0o700 }),
    ...context.artifacts.binaries
      .filter((artifact) => isKubeletProgram(context, artifact))
      .map((artifact) => stagedBinary(delivered(context.spec, artifact))),
  ],
};

/** Likewise, what a cluster that is to soak shows its flags to. */
export const stagedAhead: Phase = {
  id: 'staged',
  title: staged.title,
  appliesTo: () => true,
  resources: (context) => [
    directory({ path: STAGED, mode: 0o700 }),
    ...(context.artifacts.ahead?.binaries ?? [])
      .filter(({ name }) => name === controlPlaneOf(context.spec).soak.program)
      .map((artifact) => stagedBinary(delivered(context.spec, artifact))),
  ],
};

/** The same at the end of an upgrade, when every host has installed it. */
export const unstaged: Phase = {
  id: 'unstaged',
  title: 'Programs that were brought beside those in use, taken away',
  appliesTo: () => true,
  resources: (context) =>
    context.artifacts.binaries
      .filter((artifact) => isKubeletProgram(context, artifact))
      .map((artifact) => absentFile(stagedPath(artifact))),
};

/** A program, as the inventory wants it to get onto the host. */
export function delivered(spec: Spec, artifact: BinaryArtifact): ReturnType<typeof binary> {
  return spec.artifacts.delivery === 'pull'
    ? binary({ artifact, pull: { environment: fetchingEnvironment(spec) } })
    : binary({ artifact });
}
