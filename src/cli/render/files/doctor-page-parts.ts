/** Light and dark, as the reader's system is; wide tables scroll in themselves. */
export const STYLE = `
:root { --text: #1b1b1b; --soft: #555; --line: #ddd; --back: #fff; --card: #f6f6f6; --ok: #17692f; --okback: #e8f5ec; --warning: #7a4f00; --warningback: #fff3d6; --error: #a8001c; --errorback: #fde7ea; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --soft: #aaa; --line: #383838; --back: #161616; --card: #212121; --ok: #79d596; --okback: #14301d; --warning: #f0c26b; --warningback: #37290a; --error: #ff8d9b; --errorback: #3d1319; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; color: var(--text); background: var(--back); }
h1 { margin-bottom: 0; } h2 { margin-top: 2rem; }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
#checks th { position: sticky; top: 0; background: var(--back); }
td.number { white-space: nowrap; }
small, .next, .ignored, .note { color: var(--soft); }
.causes li { margin-bottom: .8rem; }
.ok { color: var(--ok); } .warning { color: var(--warning); } .error { color: var(--error); }
.mark { border-radius: .3rem; padding: 0 .4rem; font-size: .9em; white-space: nowrap; background: var(--card); }
.mark.ok { background: var(--okback); } .mark.warning { background: var(--warningback); } .mark.error { background: var(--errorback); font-weight: bold; }
.tiles { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .4rem; }
.tile a { display: block; text-decoration: none; border-radius: .3rem; padding: .3rem .5rem; font-size: .85em; line-height: 1.35; overflow-wrap: anywhere; background: var(--card); }
.tile.ok a { background: var(--okback); } .tile.warning a { background: var(--warningback); } .tile.error a { background: var(--errorback); }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; align-items: center; margin-bottom: .8rem; }
form[hidden] { display: none; }
input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; padding: .1rem .3rem; max-width: 16rem; }
output { color: var(--soft); }
`;

/** Filters: without scripts all rows are there. It makes no markup of anything it reads. */
export const SCRIPT = `
'use strict';
const form = document.getElementById('filters');
const rows = [...document.querySelectorAll('#checks tbody tr')];
const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
const fields = form.elements;
function apply() {
  const wanted = fields.text.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const { host, status, check } = row.dataset;
    const bad = status === 'error' || status === 'warning';
    row.hidden = !((fields.host.value === '' || fields.host.value === host)
      && (fields.check.value === '' || fields.check.value === check)
      && (fields.status.value === '' || fields.status.value === status || (fields.status.value === 'bad' && bad))
      && wanted.every((word) => words.get(row).includes(word)));
    if (!row.hidden) shown += 1;
  }
  fields.shown.value = shown + ' of ' + rows.length + ' checks';
}
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
for (const link of document.querySelectorAll('a[href="#checks"]')) link.addEventListener('click', () => {
  fields.text.value = '';
  fields.host.value = link.dataset.host ?? '';
  fields.check.value = link.dataset.check ?? '';
  fields.status.value = link.dataset.status ?? '';
  apply();
});
form.hidden = false;
apply();
`;
