export { encryptedWith, newCertificateKey } from './certificate-key.js';
export { hostCertificates, WARN_DAYS, type HostCertificate } from './certificates.js';
export { describeMaterial } from './material/describe.js';
export { clusterSigns, isReplaced, keyAnnotations, signsAnew, trustAnnotations } from './material/digest.js';
export { encryptionStage, encryptionWriters, type Writer } from './material/encryption.js';
export { formerFile, SIGNER, stageFound } from './material/rotation.js';
export { serviceAccountStage, tokenSigner, type TokenSigner } from './material/service-account.js';
export { SHARED_KEYS, STAGES, type RotationWish, type Stage } from './material/stages.js';
export type { MaterialInput } from './material/input.js';
export { planMaterial } from './material/material.js';
export { requestFor } from './material/request.js';
export { requireSigned, type Answers, type WantedSignature } from './material/signature.js';
export { materialPaths } from './material/paths.js';
export { isSignedBy, readCertificates } from './x509/read.js';
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
  SERVICE_ACCOUNT_KEYS,
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
export type { FoundFiles, PemPair, Renewal, UserCa } from './types.js';
