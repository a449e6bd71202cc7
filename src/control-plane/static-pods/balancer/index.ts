import { z } from 'zod';
import { imageRef } from '../../../model/artifact.js';
import { isMember } from '../../../model/facts.js';
import type { PhaseContext, Proofs } from '../../../model/phase.js';
import type { Tools } from '../../../model/resource.js';
import { directory, file, proof } from '../../../resources/index.js';
import { sh, shellScript } from '../../../shell/script.js';
import { template } from '../../../templates/template.js';
import { waitForMembers, type NodeBalancer } from '../../balancer.js';
import { staticPodFile } from '../../static-pod-file.js';
import { withDigest } from '../manifest.js';
import { balancerConfiguration } from './configuration.js';
import { balancerObjects } from './elsewhere.js';
import { COMMAND, FOLDER, NAME, SOCKET } from './places.js';
import { IMAGE } from './supply.js';

const OBSERVE = sh(shellScript('./observe.sh', import.meta.url), { args: [SOCKET] });
const RELOAD = sh(shellScript('./reload.sh', import.meta.url), { args: [SOCKET] });

const renderPod = template(
  new URL('./pod.hbs', import.meta.url),
  z.strictObject({
    name: z.string(),
    annotation: z.string(),
    digest: z.string(),
    command: z.array(z.string()),
    image: z.string(),
    folder: z.string(),
  }),
);

const runs = proof('balancer', OBSERVE);

/** haproxy in a static pod: it needs no API to start, and is up before the kubelet asks for anything. */
export const staticPodBalancer: NodeBalancer = {
  // Measured (docs/balancer.md): with its pod's own processes 22 to 25 MB a node, for which one API server gives nothing back.
  from: 2,
  images: [IMAGE],
  owner: IMAGE,
  resources: (context) => [
    directory({ path: FOLDER, mode: 0o700, removeContents: true }),
    file({ path: `${FOLDER}/haproxy.cfg`, content: balancerConfiguration(context).text, mode: 0o600 }),
    staticPodFile(NAME, manifest(context), context.node),
    runs,
  ],
  ready: waitForBalancer,
  objects: balancerObjects,
};

function manifest({ images }: PhaseContext): string {
  return withDigest(renderPod, { name: NAME, command: COMMAND, image: imageRef(images, IMAGE), folder: FOLDER });
}

async function waitForBalancer(context: PhaseContext, tools: Tools, proofs: Proofs): Promise<void> {
  if (!isMember(context.node.facts)) return;
  await waitForMembers(
    {
      observe: OBSERVE,
      first: proofs.get(runs.id),
      digest: balancerConfiguration(context).digest,
      reload: RELOAD,
      hint: `On the host: crictl ps -a --name ${NAME}, crictl logs CONTAINER, journalctl -u kubelet.`,
    },
    tools,
  );
}
