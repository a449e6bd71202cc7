import { KUBE } from '../artifacts/supplies/kubernetes.js';
import type { Trial } from '../model/seams/trial.js';

/**
 * A program of the control plane with its flags, asked for its version: it reads the flags and the feature gates among them first, and ends
 * with an error at one that it does not know or that is locked (k8s.io/kubernetes: PersistentPreRunE of cmd/kube-apiserver,
 * kube-controller-manager and kube-scheduler; go.etcd.io/etcd: embed config.parse).
 */
export function flagsTrial(program: string, settings: string, flags: readonly string[]): Trial {
  return { program, artifact: KUBE, settings, args: [...flags, '--version'] };
}
