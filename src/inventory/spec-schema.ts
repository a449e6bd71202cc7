import { controlPlaneChoice } from '../control-plane/index.js';
import { datastoreChoice } from '../datastore/index.js';
import { makeSpecSchema } from '../model/spec.js';
import { networkChoice } from '../network/index.js';
import { kernelChoice, osChoice } from '../os/index.js';
import { runtimeChoice } from '../runtime/index.js';

/** The inventory's schema, with every kind that the registries of the seams know. */
export const specSchema = makeSpecSchema({
  controlPlane: controlPlaneChoice,
  datastore: datastoreChoice,
  network: networkChoice,
  runtime: runtimeChoice,
  kernel: kernelChoice,
  os: osChoice,
});
