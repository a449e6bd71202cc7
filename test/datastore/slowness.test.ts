import { expect, test } from 'vitest';
import { slowerThan } from '../../src/datastore/slowness.js';
import { shellScript, sh } from '../../src/shell/script.js';
import { must, SHELLS } from '../resources/sh.js';

/** As an API server of 1.36 and an etcd 3.6 print them: cumulative, one series a label. */
const METRICS = `# HELP etcd_request_duration_seconds Etcd request latency in seconds
# TYPE etcd_request_duration_seconds histogram
etcd_request_duration_seconds_bucket{group="",operation="get",resource="pods",le="0.1"} 90
etcd_request_duration_seconds_bucket{group="",operation="get",resource="pods",le="1"} 99
etcd_request_duration_seconds_bucket{group="",operation="get",resource="pods",le="+Inf"} 100
etcd_request_duration_seconds_bucket{group="",operation="list",resource="pods",le="0.1"} 1.5e+06
etcd_request_duration_seconds_bucket{group="",operation="list",resource="pods",le="1"} 1.5e+06
etcd_request_duration_seconds_bucket{group="",operation="list",resource="pods",le="+Inf"} 1.5e+06
etcd_request_duration_seconds_sum{group="",operation="get",resource="pods"} 3
other_etcd_request_duration_seconds_bucket{le="0.1"} 7
`;

const histogram = shellScript('../../src/datastore/histogram.sh', import.meta.url);
const summed = (shell: (typeof SHELLS)[number], metrics: string): string =>
  must(shell, `${sh(histogram).slice(0, -1)}\nhistogram etcd_request_duration_seconds <<'END'\n${metrics}END\n)`);

test.each(SHELLS)('all series of a histogram count, and nothing else (%s)', (shell) => {
  expect(slowerThan(summed(shell, METRICS), 'etcd_request_duration_seconds', 'requests', ['0.1', '1', '2'])).toEqual([
    { what: 'requests', all: 1_500_100, slower: 10, seconds: 0.1 },
    { what: 'requests', all: 1_500_100, slower: 1, seconds: 1 },
  ]);
});

test.each(SHELLS)('where nothing answers, nothing is slow (%s)', (shell) => {
  expect(slowerThan(summed(shell, ''), 'etcd_request_duration_seconds', 'requests', ['0.1'])).toEqual([]);
});
