import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { keepRunning } from '../../../src/os/debian/needrestart.js';
import type { FileResource } from '../../../src/resources/index.js';

/** As needrestart does with its override_rc: 0 means "not by itself". Perl is a part of every Debian. */
function restarts(config: string, service: string): string {
  const program = `our %nrconf; eval $ENV{CONFIG}; die $@ if $@;
    my ($key) = grep { $ENV{SERVICE} =~ /$_/ } keys %{$nrconf{override_rc}};
    print defined $key ? $nrconf{override_rc}->{$key} : 'default';`;
  const { stdout, stderr } = spawnSync('perl', ['-we', program], {
    encoding: 'utf8',
    env: { ...process.env, CONFIG: config, SERVICE: service },
    timeout: 20_000,
  });
  return `${stdout}${stderr}`;
}

test("needrestart reads the file, leaves the cluster's services alone, and does with others what it did", () => {
  const { path, content } = keepRunning(['containerd', 'cri-docker', 'kubelet']) as FileResource;
  expect(path).toBe('/etc/needrestart/conf.d/zz-kinit.conf');
  const config = String(content);
  for (const service of ['containerd.service', 'cri-docker.service', 'kubelet.service'])
    expect({ service, restarts: restarts(config, service) }).toEqual({ service, restarts: '0' });
  for (const service of ['ssh.service', 'criXdocker.service', 'kubelet-own.service'])
    expect({ service, restarts: restarts(config, service) }).toEqual({ service, restarts: 'default' });
});
