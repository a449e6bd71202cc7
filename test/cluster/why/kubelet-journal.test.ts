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
