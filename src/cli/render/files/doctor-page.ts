import type { DoctorCheck, DoctorReport, Finding } from '../../../doctor/index.js';
import { clean } from '../../terminal/clean.js';
import { count } from '../text.js';

/** The report as one HTML page that needs nothing else: no script, no font, no image from elsewhere. */
export function doctorPage({ cluster, takenAt, well, checks, findings }: DoctorReport): string {
  const errors = checks.filter(({ check }) => check.status === 'error').length;
  const warnings = checks.filter(({ check }) => check.status === 'warning').length;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>kinit doctor: ${escape(cluster)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Cluster ${escape(cluster)}</h1>
<p>Examined ${escape(takenAt)}. ${count(checks.length, 'check')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}. <strong class="${well ? 'ok' : 'error'}">${well ? 'Nothing is wrong.' : 'Something is wrong.'}</strong></p>
${findings.length === 0 ? '' : `<h2>Causes, the first one first</h2>\n<ol>\n${findings.map(item).join('\n')}\n</ol>`}
<h2>Checks</h2>
<table>
<thead><tr><th>Host</th><th>Status</th><th>Check</th><th>Found</th><th>Minimum</th><th>Recommended</th></tr></thead>
<tbody>
${checks.map(row).join('\n')}
</tbody>
</table>
</body>
</html>
`;
}

function item({ host, severity, title, cause, found, next }: Finding): string {
  return `<li><span class="${severity}">${severity}</span> <strong>${escape(title)}</strong>${host === undefined ? '' : ` on ${escape(host)}`} <code>${escape(cause)}</code><br>${escape(found)}<br>Next: ${escape(next)}</li>`;
}

function row({ host, check }: DoctorCheck): string {
  const hint = check.hint === undefined || check.status === 'ok' ? '' : `<br><small>${escape(check.hint)}</small>`;
  return `<tr><td>${escape(host ?? 'cluster')}</td><td class="${check.status}">${check.status}</td><td>${escape(check.title)}</td><td>${escape(check.found)}${hint}</td><td>${escape(check.minimum ?? '')}</td><td>${escape(check.recommended ?? '')}</td></tr>`;
}

/** What stands in the page came from hosts: it must not become markup. */
function escape(text: string): string {
  return clean(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }
li { margin-bottom: .8rem; }
small { color: #555; }
.ok { color: #17692f; } .warning { color: #8a5a00; } .error { color: #b00020; font-weight: bold; } .ignored, .note { color: #555; }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #161616; } th, td { border-color: #383838; } small { color: #aaa; } .ok { color: #6fd08c; } .warning { color: #e7b65c; } .error { color: #ff7a8a; } .ignored, .note { color: #aaa; } }
`;
