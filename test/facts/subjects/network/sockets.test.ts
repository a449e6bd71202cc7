import { expect, test } from 'vitest';
import { leftWaiting, sockets } from '../../../../src/facts/subjects/network/sockets.js';

test('ss: address, port and the first process of each socket', () => {
  const output = [
    'Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process',
    'udp   UNCONN 0      0      127.0.0.53%lo:53   0.0.0.0:*         users:(("systemd-resolve",pid=500,fd=13))',
    'tcp   LISTEN 0      4096   127.0.0.1:2379     0.0.0.0:*         users:(("etcd",pid=7,fd=3),("etcd",pid=8,fd=3))',
    'tcp   LISTEN 0      511    *:6443             *:*               users:(("kube apiserver",pid=9,fd=3))',
    'tcp   LISTEN 0      128    [::]:22            [::]:*            users:(("sshd",pid=64,fd=4))',
    'udp   UNCONN 0      0      [fe80::1%eth0]:546 [::]:*',
    'tcp   LISTEN 0      128    0.0.0.0:111        0.0.0.0:*',
  ];
  expect(sockets.parse(output.join('\n'))).toEqual([
    { protocol: 'udp', address: '127.0.0.53', port: 53, process: 'systemd-resolve', pid: 500 },
    { protocol: 'tcp', address: '127.0.0.1', port: 2379, process: 'etcd', pid: 7 },
    { protocol: 'tcp', address: '::', port: 6443, process: 'kube apiserver', pid: 9 },
    { protocol: 'tcp', address: '::', port: 22, process: 'sshd', pid: 64 },
    { protocol: 'udp', address: 'fe80::1', port: 546 },
    { protocol: 'tcp', address: '0.0.0.0', port: 111 },
  ]);
});

test('/proc/net: only sockets that wait, addresses in the order of the kernel', () => {
  const output = [
    'tcp   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    'tcp    0: 0100007F:0277 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1',
    'tcp    1: 0500000A:192B 0600000A:D431 01 00000000:00000000 00:00000000 00000000     0        0 2',
    'tcp6   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 0 0 0',
    'tcp6   1: 0000000000000000FFFF00000500000A:1F90 00000000000000000000000000000000:0000 0A 0 0 0',
    'tcp6   2: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0 0 0',
    'udp    0: 00000000:0044 00000000:0000 07 0 0 0',
  ];
  expect(sockets.parse(output.join('\n'))).toEqual([
    { protocol: 'tcp', address: '127.0.0.1', port: 631 },
    { protocol: 'tcp', address: '::', port: 22 },
    { protocol: 'tcp', address: '::ffff:a00:5', port: 8080 },
    { protocol: 'tcp', address: '2001:db8::1', port: 80 },
    { protocol: 'udp', address: '0.0.0.0', port: 68 },
  ]);
});

test('connections that nobody takes up are counted, at sockets that take connections alone', () => {
  const ss = sockets.parse(
    ['tcp LISTEN 19 4096 *:6443 *:*', 'udp UNCONN 9 0 0.0.0.0:68 0.0.0.0:*', 'tcp LISTEN 2 128 *:22 *:*'].join('\n'),
  );
  expect(ss.map(({ port, waiting }) => [port, waiting])).toEqual([
    [6443, 19],
    [68, undefined],
    [22, 2],
  ]);
  const proc = sockets.parse('tcp 0: 0100007F:192B 00000000:0000 0A 00000000:0000001F 00:00000000 00000000 0 0 1');
  expect(proc).toEqual([{ protocol: 'tcp', address: '127.0.0.1', port: 6443, waiting: 31 }]);
  expect(leftWaiting({ listening: ss }, 6443)).toMatchObject({ port: 6443, waiting: 19 });
  // A few may be there between two looks of a process that is well.
  expect(leftWaiting({ listening: ss }, 22)).toBeUndefined();
  expect(leftWaiting({ listening: [] }, 6443)).toBeUndefined();
});
