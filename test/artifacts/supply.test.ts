import { expect, test } from 'vitest';
import { imageRefs, imageRefsOf } from '../../src/artifacts/supply.js';
import { SUPPLY } from '../../src/engine/supply.js';

test('official names are those that kubeadm 1.36.3 expects', () => {
  expect(imageRefs(SUPPLY.images, '1.36.3')).toEqual({
    'kube-apiserver': 'registry.k8s.io/kube-apiserver:v1.36.3',
    'kube-controller-manager': 'registry.k8s.io/kube-controller-manager:v1.36.3',
    'kube-scheduler': 'registry.k8s.io/kube-scheduler:v1.36.3',
    'kube-proxy': 'registry.k8s.io/kube-proxy:v1.36.3',
    haproxy: 'docker.io/library/haproxy:2.6.12',
    keepalived: 'kinit.local/keepalived:2.2.7',
    etcd: 'registry.k8s.io/etcd:3.6.8-0',
    coredns: 'registry.k8s.io/coredns/coredns:v1.14.2',
    'serving-approver': 'kinit.local/serving-approver:1',
    pause: 'registry.k8s.io/pause:3.10.2',
    flannel: 'ghcr.io/flannel-io/flannel:v0.28.4',
    nginx: 'docker.io/library/nginx:1.22.1',
  });
});

test('Aliyun is flat and has Kubernetes only; the rest comes through DaoCloud', () => {
  const refs = imageRefs(SUPPLY.images, 'v1.35.4', 'aliyun');
  expect(refs['kube-apiserver']).toBe('registry.cn-hangzhou.aliyuncs.com/google_containers/kube-apiserver:v1.35.4');
  expect(refs['coredns']).toBe('registry.cn-hangzhou.aliyuncs.com/google_containers/coredns:v1.13.1');
  expect(refs['flannel']).toBe('m.daocloud.io/ghcr.io/flannel-io/flannel:v0.28.4');
});

test('DaoCloud keeps the official path behind its name', () => {
  expect(imageRefs(SUPPLY.images, '1.36.3', 'daocloud')['coredns']).toBe(
    'm.daocloud.io/registry.k8s.io/coredns/coredns:v1.14.2',
  );
});

test('images built from source answer to official names, whatever mirror the inventory says', () => {
  const set = { arch: 'amd64', kubernetesVersion: '1.36.3', binaries: [], images: [] } as const;
  expect(imageRefsOf(SUPPLY, { ...set, source: 'source' }, 'aliyun')).toEqual(imageRefs(SUPPLY.images, '1.36.3'));
  expect(imageRefsOf(SUPPLY, { ...set, source: 'official' }, 'aliyun')).toEqual(
    imageRefs(SUPPLY.images, '1.36.3', 'aliyun'),
  );
});

test('an unknown minor version is refused by name', () => {
  expect(() => imageRefs(SUPPLY.images, '1.33.1')).toThrow(/Kubernetes 1\.33\.1/);
});

test('what is ahead of the others is called by its own version', () => {
  const ahead = { kubernetesVersion: '1.36.3', images: ['kube-apiserver'], binaries: [] };
  const set = { arch: 'amd64', source: 'source', kubernetesVersion: '1.35.4', binaries: [], images: [] } as const;
  expect(imageRefsOf(SUPPLY, { ...set, ahead })).toEqual({
    ...imageRefs(SUPPLY.images, '1.35.4'),
    'kube-apiserver': 'registry.k8s.io/kube-apiserver:v1.36.3',
  });
});
