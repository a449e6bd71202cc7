export { admissionConfiguration, auditPolicy, authenticationConfiguration } from './api-server-files.js';
export { kubeletConfiguration, mergeYaml, type KubeletView } from './component-config.js';
export {
  apiServerManifest,
  caFolders,
  controllerManagerManifest,
  schedulerManifest,
  type ApiServerView,
  type ControllerManagerView,
} from './control-plane.js';
export { etcdManifest, type EtcdView } from './etcd.js';
export * from './from-context.js';
export {
  ADMISSION_PATH,
  AUDIT_LOG_DIR,
  AUDIT_POLICY_PATH,
  AUTHENTICATION_PATH,
  TLS_CIPHER_SUITES,
} from './hardening.js';
export { kubeletFlags, type KubeletFlagsView } from './kubelet-unit.js';
