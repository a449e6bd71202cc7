import type { Command } from '../arguments/command.js';
import { adopt } from './adopt.js';
import { apply } from './apply.js';
import { artifacts } from './artifacts.js';
import { certs } from './certs.js';
import { check } from './check.js';
import { datastore } from './datastore.js';
import { doctor } from './doctor.js';
import { init } from './init.js';
import { inventory } from './inventory.js';
import { join } from './join.js';
import { kubeconfig } from './kubeconfig.js';
import { lab } from './lab.js';
import { phases } from './phases.js';
import { plan } from './plan.js';
import { reset } from './reset.js';
import { runtime } from './runtime.js';
import { status } from './status.js';
import { token } from './token.js';
import { upgrade } from './upgrade.js';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  init,
  join,
  reset,
  plan,
  apply,
  adopt,
  check,
  phases,
  status,
  doctor,
  certs,
  datastore,
  runtime,
  upgrade,
  token,
  kubeconfig,
  artifacts,
  lab,
  inventory,
];
