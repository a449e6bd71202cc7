import { expect, test } from 'vitest';
import { kernel } from '../../../../src/facts/subjects/system/kernel.js';

test('a distribution kernel: loaded, built in and loadable are kept apart, with _ in names', () => {
  const facts = kernel.parse(
    ':loaded\noverlay\nnf_tables\n:sys\noverlay\nkernel\n:builtin\nbridge\nxt-one\n:loadable\nbr_netfilter\nip_vs\nip-vs-rr\n:tried\noverlay=yes\nnftables=yes\n',
  );
  expect(facts.modules).toEqual({
    loaded: ['overlay', 'nf_tables'],
    builtin: ['bridge', 'xt_one', 'kernel'],
    loadable: ['br_netfilter', 'ip_vs', 'ip_vs_rr'],
  });
  expect(facts.kernelFeatures).toEqual(['nftables', 'overlay', 'br_netfilter', 'ip_vs']);
});

test('a kernel without modules: its configuration says what is built in', () => {
  const facts = kernel.parse(
    ':loaded\n:sys\noverlay\n:options\nCONFIG_OVERLAY_FS=y\nCONFIG_NF_TABLES=y\nCONFIG_NFT_COMPAT=y\nCONFIG_BRIDGE_NETFILTER=y\n:loadable\n:tried\nvxlan=yes\n',
  );
  expect(facts.modules.builtin).toEqual(['overlay', 'br_netfilter', 'nf_tables', 'nft_compat']);
  expect(facts.kernelFeatures).toEqual(['vxlan', 'nftables', 'iptables', 'overlay', 'br_netfilter']);
});

test('without configuration its symbols do', () => {
  expect(kernel.parse(':symbols\nip_vs_conn_new\nip_set_add\n:tried\n').kernelFeatures).toEqual(['ip_vs', 'ipset']);
});

test('what was tried and failed is not there, whatever is configured', () => {
  expect(
    kernel.parse(':options\nCONFIG_VXLAN=y\nCONFIG_NF_TABLES=y\n:tried\nvxlan=no\nnftables=no\n').kernelFeatures,
  ).toEqual([]);
});
