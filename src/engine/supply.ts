import { addOns } from '../add-ons/index.js';
import { combineSupplies } from '../artifacts/supply.js';
import { DATASTORES } from '../datastore/index.js';
import { kubernetes } from '../artifacts/supplies/kubernetes.js';
import { pause } from '../artifacts/supplies/pause.js';
import { smokeTest } from '../artifacts/supplies/smoke-test.js';
import { cniPlugins } from '../network/cni-plugins.js';
import { networks } from '../network/index.js';
import { runtimeSupplies } from '../runtime/index.js';
import { criTools } from '../runtime/cri-tools/index.js';

/**
 * Everything that hosts may get, of every kind there is. The order is that of building: what a cluster needs first, first;
 * the images' order is in the digests of built archives (artifacts/images/archives.ts), so a new kind goes to the end.
 */
export const SUPPLY = combineSupplies([
  kubernetes,
  ...runtimeSupplies,
  cniPlugins,
  criTools,
  ...DATASTORES.map(({ supply }) => supply),
  ...addOns.flatMap(({ supply }) => supply ?? []),
  pause,
  ...networks.flatMap(({ supply }) => supply ?? []),
  smokeTest,
]);
