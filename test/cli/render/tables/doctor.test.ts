import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { paintFor } from '../../../../src/cli/terminal/colour.js';
import { doctorPage } from '../../../../src/cli/render/files/doctor-page.js';
import { renderDoctor } from '../../../../src/cli/render/tables/doctor.js';
import type { DoctorReport } from '../../../../src/doctor/index.js';
import { fakeIo } from '../../fake-io.js';

const REPORT: DoctorReport = {
  cluster: 'demo',
  takenAt: '2026-11-21T15:00:00.000Z',
  well: false,
  checks: [
    {
      host: 'node1',
      check: {
        name: 'kubelet',
        title: 'Service kubelet',
        status: 'error',
        found: 'failed (failed)',
        minimum: 'running',
        hint: 'look at <it>',
      },
    },
    { check: { name: 'dns', title: 'Cluster DNS', status: 'ok', found: 'answers' } },
  ],
  findings: [
    {
      cause: 'kubelet-down',
      title: 'The kubelet does not run',
      host: 'node1',
      found: 'the kubelet is failed: <script>alert(1)</script>\u001b[2J',
      next: 'systemctl restart kubelet',
      severity: 'error',
      rank: 60,
    },
  ],
};

test('text: the table, then the cause in two lines', () => {
  const io = fakeIo();
  const text = renderDoctor(REPORT, { paint: paintFor(io, io.stdout, false), verbose: false });
  expect(text).toContain('node1  error   kubelet  failed (failed)  running');
  expect(text).toContain(
    'Cause on node1: the kubelet is failed: <script>alert(1)</script> [kubelet-down]\n  next:  systemctl restart kubelet',
  );
  expect(text).toContain('2 checks: 1 error, 0 warnings. 1 cause found.');
});

test('page: what came from a host is no markup, and nothing is fetched from elsewhere', () => {
  const page = doctorPage(REPORT);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<script[^>]|<link|<img|https?:\/\/|\u001b| on[a-z]+=/);
  // The policy lets its own script and style run, and nothing else.
  for (const [name, policy] of [
    ['script', 'script-src'],
    ['style', 'style-src'],
  ] as const) {
    const texts = [...page.matchAll(new RegExp(`<${name}>([^]*?)</${name}>`, 'g'))];
    expect(texts).toHaveLength(1);
    const digest = createHash('sha256')
      .update(texts[0]?.[1] ?? '')
      .digest('base64');
    expect(page).toContain(`${policy} 'sha256-${digest}'`);
  }
  expect(page).not.toContain('unsafe-inline');
  expect(page).toContain('look at &lt;it&gt;');
  expect(page).toMatch(/<li class="tile error"><a href="#checks" data-host="node1"><b>node1<\/b><br>1 error/);
  expect(page).toContain('<option value="bad" selected>not ok</option>');
});

test('with hosts named, what is wrong elsewhere is told, and the verdict is of those that were named', () => {
  const text = renderDoctor(
    { ...REPORT, well: true },
    { paint: paintFor(fakeIo(), fakeIo().stdout, false), verbose: false },
  );
  expect(text).toContain('Nothing is wrong with the hosts that were named.');
});
