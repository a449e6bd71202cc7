import { isMember } from '../../model/facts.js';
import type { PhaseContext, Proofs } from '../../model/phase.js';
import type { Tools } from '../../model/resource.js';
import { balancerAddress } from '../../model/seams/node-endpoint.js';
import { digestOf } from '../../model/text/digest.js';
import { toYaml } from '../../model/text/yaml.js';
import { directory, file, proof } from '../../resources/index.js';
import { sh, shellScript } from '../../shell/script.js';
import { balancerMembers, waitForMembers, type NodeBalancer } from '../balancer.js';
import { AGENT, BALANCER_FILE, BALANCER_FOLDER, BALANCER_STATE } from './places.js';

const OBSERVE = sh(shellScript('./balancer.sh', import.meta.url), { args: [BALANCER_STATE] });

const runs = proof('balancer', OBSERVE);

/** A part of the agent (components/embedded/balancer.go): it listens before the kubelet is begun with, and reads the file when that changes. */
export const agentBalancer: NodeBalancer = {
  // Measured (docs/balancer.md): half a MB of heap and stacks.
  from: 1,
  images: [],
  inKubelet: true,
  owner: AGENT,
  resources: (context) => [
    directory({ path: BALANCER_FOLDER, mode: 0o700, removeContents: true }),
    file({ path: BALANCER_FILE, content: configuration(context), mode: 0o600 }),
    runs,
  ],
  ready: waitForBalancer,
  // Nodes that kinit has not prepared have no kube-proxy in this form either.
  objects: () => [],
};

function configuration(context: PhaseContext): string {
  const members = balancerMembers(context).map(({ name, address }) => ({ name, address }));
  return toYaml({ listen: balancerAddress(context.spec) ?? '', members });
}

async function waitForBalancer(context: PhaseContext, tools: Tools, proofs: Proofs): Promise<void> {
  if (!isMember(context.node.facts)) return;
  await waitForMembers(
    {
      observe: OBSERVE,
      first: proofs.get(runs.id),
      digest: digestOf(configuration(context)),
      hint: 'On the host: journalctl -u kubelet -e (the balancer is a part of the same process).',
    },
    tools,
  );
}
