import { z } from 'zod';
import { waitUntil, type Look } from '../../../cluster/api/until.js';
import { servedAt } from '../../../cluster/waits/served.js';
import { imageRef } from '../../../model/artifact.js';
import type { PhaseContext, Proofs } from '../../../model/phase.js';
import type { Tools } from '../../../model/resource.js';
import { directory, file, proof } from '../../../resources/index.js';
import { parseFields } from '../../../shell/output.js';
import { sh, shellScript } from '../../../shell/script.js';
import { template } from '../../../templates/template.js';
import { staticPodFile } from '../../static-pod-file.js';
import { withDigest } from '../../static-pods/manifest.js';
import type { AddressKeeper } from '../keeper.js';
import { configurationOf } from './configuration.js';
import { CHECK, COMMAND, CONFIGURATION, FOLDER, MANIFEST, NAME, PROCESS } from './places.js';
import { IMAGE, keepalivedImage } from './supply.js';

const ASK = shellScript('./check.sh', import.meta.url);
const OBSERVE = sh(shellScript('./observe.sh', import.meta.url), { args: [PROCESS] });
const RELOAD = sh(shellScript('./reload.sh', import.meta.url), { args: [PROCESS] });

/** Annotation of the pod: what is known of a host without asking it anything more. */
const KEPT = 'kinit/virtual-address';

const renderPod = template(
  new URL('./pod.hbs', import.meta.url),
  z.strictObject({
    name: z.string(),
    annotation: z.string(),
    digest: z.string(),
    kept: z.string(),
    address: z.string(),
    command: z.array(z.string()),
    image: z.string(),
    folder: z.string(),
  }),
);

const runs = proof(NAME, OBSERVE);

/** Seconds: its image is on the host, and a kubelet looks at its manifests every 20 s where it is told of nothing. */
const READY_SECONDS = 90;

/** VRRP (RFC 9568) from one control plane to each other one, in a static pod. */
export const keepalived: AddressKeeper = {
  id: 'keepalived',
  words: ['keepalived', 'vrrp'],
  supply: keepalivedImage,
  resources: (context) => [
    directory({ path: FOLDER, mode: 0o700, removeContents: true }),
    file({ path: CHECK, content: `#!/bin/sh\n${ASK.text}\n`, mode: 0o700 }),
    file({ path: CONFIGURATION, content: configurationOf(context).text, mode: 0o600 }),
    staticPodFile(NAME, manifest(context), context.node),
    runs,
  ],
  ready: waitForAddress,
  keeps: (manifests) => new RegExp(`^ *${KEPT}: ["']?([0-9a-fA-F:.]+)["']?$`, 'm').exec(manifests[MANIFEST] ?? '')?.[1],
};

function manifest({ images, spec }: PhaseContext): string {
  return withDigest(renderPod, {
    name: NAME,
    kept: KEPT,
    address: spec.apiServer.virtualAddress?.address ?? '',
    command: COMMAND,
    image: imageRef(images, IMAGE),
    folder: FOLDER,
  });
}

async function waitForAddress(context: PhaseContext, tools: Tools, changes: number, proofs: Proofs): Promise<void> {
  const { port, virtualAddress } = context.spec.apiServer;
  const { loaded } = configurationOf(context);
  const { host, progress, signal } = tools;
  let known = proofs.get(runs.id);
  // Where nothing was changed the proof says it.
  let unchanged = changes === 0 && known !== undefined;
  await waitUntil({
    what: `the virtual address ${virtualAddress?.address ?? ''} to be kept as it was written`,
    timeoutSeconds: READY_SECONDS,
    intervalMs: 500,
    progress,
    signal,
    look: async (): Promise<Look<undefined>> => {
      const output = known ?? (await host.run(OBSERVE, { timeoutSeconds: 30 })).stdout;
      known = undefined;
      const there = parseFields(output).get('loaded') ?? '';
      if (there !== loaded) unchanged = false;
      if (there === '') return { done: false, missing: 'what keeps it does not run yet' };
      if (there !== loaded) {
        await host.run(RELOAD, { timeoutSeconds: 30, change: 'reload what keeps the virtual address' });
        return { done: false, missing: 'what keeps it has another configuration' };
      }
      if (unchanged || (await servedAt(host, { address: virtualAddress?.address ?? '', port })) !== undefined)
        return { done: true, value: undefined };
      return { done: false, missing: `nothing answers at port ${String(port)} of it` };
    },
    hint: `On the host: crictl ps -a --name ${NAME}, crictl logs CONTAINER, ip addr. The network must let IP protocol 112 (VRRP) pass between control planes, and let an address move between them: many clouds do not.`,
  });
}
