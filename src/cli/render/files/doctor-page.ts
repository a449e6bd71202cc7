import type { DoctorCheck, DoctorReport, Finding } from '../../../doctor/index.js';
import { hostList } from '../host-list.js';
import { groupAlike } from '../tables/grouped.js';
import { count } from '../text.js';
import { SCRIPT, STYLE } from './doctor-page-parts.js';
import { escapeHtml, htmlPage } from './html.js';

/** The report as one HTML page that needs nothing else: no font, no image, no script from elsewhere. Readable without scripts. */
export function doctorPage({ cluster, takenAt, well, checks, findings }: DoctorReport): string {
  const hosts = unique(checks.map(hostOf));
  const of = (status: string): number => checks.filter(({ check }) => check.status === status).length;
  const body = `<header>
<h1>Cluster ${escapeHtml(cluster)}</h1>
<p>Examined ${escapeHtml(takenAt)}. <strong class="${well ? 'ok' : 'error'}">${well ? 'Nothing is wrong.' : 'Something is wrong.'}</strong>
${count(hosts.filter((host) => host !== CLUSTER).length, 'host')}, ${count(checks.length, 'check')}: ${count(of('error'), 'error')}, ${count(of('warning'), 'warning')}.</p>
</header>
${causes(findings)}
${byCheck(checks)}
${byHost(checks, hosts)}
<section>
<h2>All checks</h2>
<form id="filters" hidden>
<label>Search <input type="search" name="text" placeholder="words"></label>
<label>Host <select name="host"><option value="">all</option>${options(hosts)}</select></label>
<label>Check <select name="check"><option value="">all</option>${options(unique(checks.map(({ check }) => check.title)))}</select></label>
<label>Status <select name="status"><option value="">all</option><option value="bad"${of('error') + of('warning') > 0 ? ' selected' : ''}>not ok</option>${options(unique(checks.map(({ check }) => check.status)))}</select></label>
<output name="shown"></output>
</form>
<table id="checks">
<thead><tr><th>Host</th><th>Status</th><th>Check</th><th>Found</th><th>Minimum</th><th>Recommended</th></tr></thead>
<tbody>
${checks.map(row).join('\n')}
</tbody>
</table>
</section>`;
  return htmlPage({ title: `kinit doctor: ${cluster}`, style: STYLE, script: SCRIPT, body });
}

/** What checks of no host stand under. */
const CLUSTER = 'cluster';
const hostOf = ({ host }: DoctorCheck): string => host ?? CLUSTER;

function causes(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const groups = groupAlike(
    findings,
    ({ cause, found, next }) => JSON.stringify([cause, found, next]),
    ({ host }) => host,
  );
  return `<section>\n<h2>Causes, the first one first</h2>\n<ol class="causes">\n${groups.map(({ first, hosts }) => item(first, hosts)).join('\n')}\n</ol>\n</section>`;
}

function item({ severity, title, cause, found, next }: Finding, hosts: readonly string[]): string {
  const where = hosts.length === 0 ? '' : ` on ${escapeHtml(hostList(hosts))}`;
  return `<li><span class="mark ${severity}">${severity}</span> <strong>${escapeHtml(title)}</strong>${where} <code>${escapeHtml(cause)}</code><br>${escapeHtml(found)}<br><span class="next">Next: ${escapeHtml(next)}</span></li>`;
}

/** One line for each check that is not fine everywhere; those that are fine are one line together. */
function byCheck(checks: readonly DoctorCheck[]): string {
  const titles = unique(checks.map(({ check }) => check.title));
  const lines = titles.flatMap((title) => {
    const mine = checks.filter(({ check }) => check.title === title && isBad(check.status));
    const all = checks.filter(({ check }) => check.title === title).length;
    if (mine.length === 0) return [];
    const told = groupAlike(
      mine,
      ({ check }) => check.status,
      (each) => hostOf(each),
    );
    return told.map(
      ({ first, hosts }) =>
        `<tr><td><a href="#checks" data-check="${escapeHtml(title)}" data-status="${first.check.status}">${escapeHtml(title)}</a></td><td><span class="mark ${first.check.status}">${first.check.status}</span></td><td class="number">${String(hosts.length)} of ${String(all)}</td><td>${escapeHtml(hostList(hosts))}</td></tr>`,
    );
  });
  const fine = titles.filter((title) => checks.every(({ check }) => check.title !== title || !isBad(check.status)));
  return `<section>
<h2>By check</h2>
${lines.length === 0 ? '' : `<table class="summary">\n<thead><tr><th>Check</th><th>Status</th><th>Hosts</th><th>Which</th></tr></thead>\n<tbody>\n${lines.join('\n')}\n</tbody>\n</table>`}
<p class="ok">${count(fine.length, 'check is', 'checks are')} fine everywhere${fine.length === 0 ? '' : `: ${escapeHtml(fine.join(', '))}`}.</p>
</section>`;
}

/** A tile for each host, coloured by the worst of its checks. */
function byHost(checks: readonly DoctorCheck[], hosts: readonly string[]): string {
  const tiles = hosts.map((host) => {
    const mine = checks.filter((each) => hostOf(each) === host);
    const [errors, warnings] = ['error', 'warning'].map(
      (status) => mine.filter(({ check }) => check.status === status).length,
    ) as [number, number];
    const worst = errors > 0 ? 'error' : warnings > 0 ? 'warning' : 'ok';
    const told =
      worst === 'ok'
        ? 'ok'
        : [...(errors > 0 ? [count(errors, 'error')] : []), ...(warnings > 0 ? [count(warnings, 'warning')] : [])].join(
            ', ',
          );
    return `<li class="tile ${worst}"><a href="#checks" data-host="${escapeHtml(host)}"><b>${escapeHtml(host)}</b><br>${told}</a></li>`;
  });
  return `<section>\n<h2>By host</h2>\n<ul class="tiles">\n${tiles.join('\n')}\n</ul>\n</section>`;
}

function row({ host, check }: DoctorCheck): string {
  const hint = check.hint === undefined || check.status === 'ok' ? '' : `<br><small>${escapeHtml(check.hint)}</small>`;
  return `<tr data-host="${escapeHtml(host ?? CLUSTER)}" data-status="${check.status}" data-check="${escapeHtml(check.title)}"><td>${escapeHtml(host ?? CLUSTER)}</td><td><span class="mark ${check.status}">${check.status}</span></td><td>${escapeHtml(check.title)}</td><td>${escapeHtml(check.found)}${hint}</td><td>${escapeHtml(check.minimum ?? '')}</td><td>${escapeHtml(check.recommended ?? '')}</td></tr>`;
}

function isBad(status: string): boolean {
  return status === 'error' || status === 'warning';
}

function options(values: readonly string[]): string {
  return values.map((value) => `<option value="${escapeHtml(value)}">${escapeHtml(value)}</option>`).join('');
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
