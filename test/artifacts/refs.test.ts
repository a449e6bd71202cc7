import { expect, test } from 'vitest';
import { imageRefs, imageRefsOf } from '../../src/artifacts/refs.js';

test('official names are those that kubeadm 1.36.3 expects', () => {
  expect(imageRefs('1.36.3')).toEqual({
    apiServer: 'registry.k8s.io/kube-apiserver:v1.36.3',
    controllerManager: 'registry.k8s.io/kube-controller-manager:v1.36.3',
    scheduler: 'registry.k8s.io/kube-scheduler:v1.36.3',
    proxy: 'registry.k8s.io/kube-proxy:v1.36.3',
    etcd: 'registry.k8s.io/etcd:3.6.8-0',
    coredns: 'registry.k8s.io/coredns/coredns:v1.14.2',
    pause: 'registry.k8s.io/pause:3.10.2',
    flannel: 'ghcr.io/flannel-io/flannel:v0.28.4',
    nginx: 'docker.io/library/nginx:1.22.1',
  });
});

test('Aliyun is flat and has Kubernetes only; the rest comes through DaoCloud', () => {
  const refs = imageRefs('v1.35.4', 'aliyun');
  expect(refs.apiServer).toBe('registry.cn-hangzhou.aliyuncs.com/google_containers/kube-apiserver:v1.35.4');
  expect(refs.coredns).toBe('registry.cn-hangzhou.aliyuncs.com/google_containers/coredns:v1.13.1');
  expect(refs.flannel).toBe('m.daocloud.io/ghcr.io/flannel-io/flannel:v0.28.4');
});

test('DaoCloud keeps the official path behind its name', () => {
  expect(imageRefs('1.36.3', 'daocloud').coredns).toBe('m.daocloud.io/registry.k8s.io/coredns/coredns:v1.14.2');
});

test('images built from source answer to official names, whatever mirror the inventory says', () => {
  const set = { arch: 'amd64', kubernetesVersion: '1.36.3', binaries: [], images: [] } as const;
  expect(imageRefsOf({ ...set, source: 'source' }, 'aliyun')).toEqual(imageRefs('1.36.3'));
  expect(imageRefsOf({ ...set, source: 'official' }, 'aliyun')).toEqual(imageRefs('1.36.3', 'aliyun'));
});

test('an unknown minor version is refused by name', () => {
  expect(() => imageRefs('1.33.1')).toThrow(/Kubernetes 1\.33\.1/);
});
