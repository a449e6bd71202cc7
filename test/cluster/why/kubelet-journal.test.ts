import { expect, test } from 'vitest';
import { firstKubeletError } from '../../../src/cluster/why/kubelet-journal.js';

test('what every healthy start logs too is not the cause', () => {
  const journal = [
    'E0501 10:00:00.1 1 file_linux.go:61] "Unable to read config path" err="path does not exist, ignoring"',
    'E0501 10:00:00.2 1 kubelet_node_status.go:97] "Unable to register node with API server" err="connection refused"',
    'E0501 10:00:00.3 1 other.go:1] "Later"',
  ].join('\n');
  expect(firstKubeletError(journal)).toBe('"Unable to register node with API server" err="connection refused"');
});

test('what ended the kubelet goes before earlier errors', () => {
  expect(
    firstKubeletError(
      'E0501 10:00:00.1 1 a.go:1] "first"\nE0501 10:00:00.2 1 run.go:72] "command failed" err="unknown flag: --foo"',
    ),
  ).toBe('"command failed" err="unknown flag: --foo"');
  expect(firstKubeletError('I0501 10:00:00.1 1 a.go:1] "fine"')).toBeUndefined();
});

// As seen of 1.36.3 on a host that may not use all processors it shows.
test('what the kubelet says before it exits without a word more is the cause', () => {
  expect(
    firstKubeletError(
      [
        'E1127 07:40:59.499920    5164 nodelease.go:50] "Failed to get node when trying to set owner ref to the node lease" err="nodes \\"node1\\" not found"',
        'E1127 07:40:59.547461    5164 node_container_manager_linux.go:60] "Failed to create cgroup" err="permission denied"',
        'E1127 07:40:59.547535    5164 kubelet.go:1821] "Failed to start ContainerManager" err="failed to write \\"0-1\\": permission denied"',
      ].join('\n'),
    ),
  ).toBe('"Failed to start ContainerManager" err="failed to write \\"0-1\\": permission denied"');
});
