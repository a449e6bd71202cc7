import { expect, test } from 'vitest';
import { proxiesOf } from '../../../src/facts/subjects/proxies/proxies.js';
import { sh } from '../../../src/shell/script.js';
import { run, SHELLS, withHost } from '../../resources/sh.js';

const subject = proxiesOf(['kubelet', 'containerd']);

test('values come as they are meant, without passwords', () => {
  const lines = [
    '=services /etc/systemd/system.conf.d/p.conf',
    ' DefaultEnvironment="HTTPS_PROXY=http://me:secret@10.0.0.1:3128" "NO_PROXY=a.test, 10.1.0.0/16" PATH=/bin',
    ' DefaultEnvironment=http_proxy=http://10.0.0.1:3128 https_proxy=',
    '=logins /etc/environment',
    " export all_proxy='socks5://p:1080'",
    ' https_proxy=me:secret@p:1',
    '=services systemctl show-environment',
    ' HTTPS_PROXY=http://me:secret@10.0.0.1:3128',
    ' HTTP_PROXY=http://x:1',
    '',
  ];
  expect(subject.parse(lines.join('\n')).map(({ whom, name, value }) => `${whom} ${name}=${value}`)).toEqual([
    'services HTTPS_PROXY=http://10.0.0.1:3128',
    'services NO_PROXY=a.test, 10.1.0.0/16',
    'services http_proxy=http://10.0.0.1:3128',
    'services https_proxy=',
    'logins all_proxy=socks5://p:1080',
    'logins https_proxy=p:1',
    'services HTTP_PROXY=http://x:1',
  ]);
  expect(subject.parse('')).toEqual([]);
});

test.each(SHELLS)(
  "%s: every place that a service takes its environment from is looked at, and kinit's own is told apart",
  (shell) => {
    withHost((host) => {
      const files: Readonly<Record<string, string>> = {
        '/etc/systemd/system.conf': '#DefaultEnvironment=HTTP_PROXY=http://no:1\n',
        '/etc/systemd/system.conf.d/p.conf': '[Manager]\nDefaultEnvironment="https_proxy=http://a:1"\n',
        '/usr/lib/systemd/system/service.d/all.conf': '[Service]\nEnvironment=HTTP_PROXY=http://b:1\n',
        '/etc/systemd/system/containerd.service.d/http-proxy.conf': `[Service]\nEnvironment="HTTPS_PROXY=http://c:1"\nEnvironmentFile=-${host.root}/etc/own/proxy\n`,
        '/etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.conf': `[Service]\nEnvironmentFile=-${host.root}/etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.env\n`,
        '/etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.env': 'HTTP_PROXY=http://ours:1\n',
        '/etc/own/proxy': 'ALL_PROXY=http://d:1\n',
        '/etc/default/kubelet': 'KUBELET_EXTRA_ARGS=\nHTTPS_PROXY="http://e:1"\n',
        '/etc/environment': 'PATH=/bin\nno_proxy=f\n',
      };
      for (const [path, text] of Object.entries(files)) host.write(path, text);
      host.command('systemctl', 'echo LANG=C; echo https_proxy=http://a:1; echo HTTP_PROXY=http://g:1');
      host.write('/run/systemd/system/x', '');
      const { code, stdout } = run(shell, host.inside(sh(subject.script, subject.values)));
      expect(code).toBe(0);
      expect(
        subject
          .parse(stdout)
          .map(({ whom, place, name, value }) => `${whom} ${place.replace(host.root, '')} ${name}=${value}`),
      ).toEqual([
        'services /usr/lib/systemd/system/service.d/all.conf HTTP_PROXY=http://b:1',
        'services /etc/systemd/system.conf.d/p.conf https_proxy=http://a:1',
        'containerd /etc/systemd/system/containerd.service.d/http-proxy.conf HTTPS_PROXY=http://c:1',
        'containerd /etc/own/proxy ALL_PROXY=http://d:1',
        'kinit /etc/systemd/system/containerd.service.d/zz-kinit-no-proxy.env HTTP_PROXY=http://ours:1',
        'kubelet /etc/default/kubelet HTTPS_PROXY=http://e:1',
        'logins /etc/environment no_proxy=f',
        'services systemctl show-environment HTTP_PROXY=http://g:1',
      ]);
    });
  },
);

test.each(SHELLS)('%s: a systemd that gives no answer about its environment is no absence of proxies', (shell) => {
  withHost((host) => {
    host.command('systemctl', 'echo "Failed to connect to bus" >&2; exit 1');
    const ask = (): number => run(shell, host.inside(sh(subject.script, subject.values))).code;
    expect(ask()).toBe(0);
    host.write('/run/systemd/system/x', '');
    expect(ask()).toBe(1);
  });
});
