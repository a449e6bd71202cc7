export { hostCertificates, WARN_DAYS, type HostCertificate } from './certificates.js';
export { describeMaterial } from './material/describe.js';
export { isReplaced, trustAnnotations } from './material/digest.js';
export { formerFile, SIGNER, STAGES, stageFound, type RotationWish, type Stage } from './material/rotation.js';
export { planMaterial, type MaterialInput } from './material/material.js';
export { materialPaths } from './material/paths.js';
export { isSignedBy } from './x509/read.js';
export { userAuthorityFault } from './material/user-authority.js';
export { needsKeys } from './material/sealed.js';
export {
  clientRequest,
  CLUSTER_CA,
  kubectlWorksOn,
  localServer,
  subjects,
  wantedLeaf,
  type CertificateWishes,
  type WantedKubeconfig,
  type WishesInput,
} from './material/wishes.js';
export {
  ENCRYPTION_CONFIG_PATH,
  KUBELET_CLIENT_CURRENT,
  KUBELET_CLIENT_FIRST,
  KUBELET_CONF,
  KUBELET_SERVING,
  KUBELET_SERVING_CURRENT,
  PKI_DIR,
  pkiPair,
  ROOT_KUBECONFIG,
} from './paths.js';
export {
  kubeconfig,
  parseKubeconfig,
  type KubeconfigUser,
  type KubeconfigView,
  type ParsedKubeconfig,
} from './kubeconfig.js';
export {
  bootstrapTokenSecret,
  caCertHash,
  newBootstrapToken,
  NODE_BOOTSTRAP_GROUP,
  type BootstrapToken,
  type BootstrapTokenOptions,
} from './token.js';
export type { PemPair, Renewal } from './types.js';
