import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { past } from '../../../src/facts/subjects/past.js';
import { sh } from '../../../src/shell/script.js';
import { type FakeHost, run, SHELLS, withHost } from '../../resources/sh.js';

const KEY = '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n';
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';

for (const shell of SHELLS) {
  const ask = ({ root, inside }: FakeHost, looks: Parameters<typeof past>[0]) => {
    const subject = past(looks);
    const script = sh(subject.script, subject.values).replaceAll("'-=/", `'-=${root}/`);
    return subject.parse(run(shell, inside(script)).stdout);
  };

  test(`${shell}: what a row asks for, without what is secret`, () => {
    withHost((host) => {
      host.command('nft');
      host.command(
        'systemctl',
        "printf 'Id=k3s.service\\nLoadState=loaded\\nActiveState=active\\nUnitFileState=enabled\\n\\nId=x.service\\nLoadState=not-found\\nActiveState=inactive\\nUnitFileState=\\n'",
      );
      host.write('/etc/cni/net.d/a b.conf', '{"name":"x"}');
      host.write('/etc/pki/c.pem', `${CERTIFICATE}${KEY}`);
      symlinkSync('c.pem', `${host.root}/etc/pki/current.pem`);
      host.write(
        '/etc/kubernetes/k.conf',
        `- cluster:\n    certificate-authority-data: QQ==\n    server: https://h:1\nusers:\n- user:\n    client-key-data: c2VjcmV0\n    token: secret\n`,
      );
      host.write('/etc/sysctl.d/50-a.conf', '# note\nvm.a = 1\n');
      host.write('/etc/sysctl.d/99-b.conf', '\n;x\nvm.b=2\n');
      host.write('/run/sysctl.d/50-a.conf', 'vm.hidden = 1\n');
      host.write('/etc/sysctl.conf', 'vm.last = 3\n');
      host.write('/var/lib/kinit/journal/000001-file-x/id', 'file:/x\n');
      host.write('/var/lib/kinit/journal/000002-traces-x/id', 'traces\n');
      host.write('/var/lib/kinit/journal/000002-traces-x/links', 'cni0\n');
      host.write('/sys/class/net/cni0/brif/veth1', '');
      host.write('/sys/class/net/eth0/mtu', '');
      const seen = ask(host, [
        { texts: ['/etc/cni/net.d/*.conf', '/etc/none/*'], certificates: ['/etc/pki/*.pem'] },
        { kubeconfigs: ['/etc/kubernetes/*.conf'], links: ['cni*'], units: ['k3s.service', 'x.service'] },
        { places: ['/etc/not/there/yet'] },
      ]);
      expect(seen.now).toBeGreaterThan(1_600_000_000);
      expect(seen.began).toBeGreaterThan(1_600_000_000);
      expect(seen.recorded).toEqual(['file:/x', 'traces']);
      expect(seen.linksBefore).toEqual(['cni0']);
      expect(seen.files.map(({ path, type, text }) => [path.replace(host.root, ''), type, text])).toEqual([
        ['/etc/cni/net.d/a b.conf', 'file', '{"name":"x"}'],
        ['/etc/pki/c.pem', 'file', CERTIFICATE],
        ['/etc/pki/current.pem', 'link', CERTIFICATE],
        ['/etc/kubernetes/k.conf', 'file', '    certificate-authority-data: QQ==\n    server: https://h:1\n'],
      ]);
      expect(seen.links).toEqual([{ name: 'cni0', ports: 1 }]);
      expect(seen.units).toEqual([{ name: 'k3s.service', active: 'active', enabled: 'enabled' }]);
      expect(
        seen.sysctls
          .map(({ file, line, text }) => [file.replace(host.root, ''), line, text])
          .filter(([file]) => !String(file).startsWith('/usr')),
      ).toEqual([
        ['/etc/sysctl.d/50-a.conf', 2, 'vm.a = 1'],
        ['/etc/sysctl.d/99-b.conf', 3, 'vm.b=2'],
        ['/etc/sysctl.conf', 1, 'vm.last = 3'],
      ]);
      expect(seen.places).toMatchObject([{ writable: true }]);
      expect(JSON.stringify(seen)).not.toContain('secret');
      expect(JSON.stringify(seen)).not.toContain('c2VjcmV0');
    });
  });

  test(`${shell}: links of before are those that no network made which was noted earlier`, () => {
    withHost((host) => {
      const note = (entry: string, links: string, restore: string): void => {
        host.write(`/var/lib/kinit/journal/${entry}/links`, links);
        host.write(`/var/lib/kinit/journal/${entry}/restore.sh`, restore);
      };
      note('000002-traces-a', 'cni0\n', "clean 'link=cni0' 'link=flannel.1'\n");
      note('000009-traces-b', 'cni0\nflannel.1\nvxlan.calico\n', "clean 'link=cni0' 'link=vxlan.calico'\n");
      expect(ask(host, []).linksBefore).toEqual(['cni0', 'vxlan.calico']);
    });
  });

  test(`${shell}: a host where nothing is answers with nothing`, () => {
    withHost((host) => {
      const seen = ask(host, [{ texts: ['/etc/cni/net.d/*.conf'], units: [] }]);
      expect(seen).toMatchObject({ recorded: [], files: [], links: [], units: [] });
      expect(seen.began).toBeUndefined();
      expect(seen.linksBefore).toBeUndefined();
    });
  });
}
