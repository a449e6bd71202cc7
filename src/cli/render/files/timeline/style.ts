/** Light and dark, as the reader's system is. */
export const STYLE = `
:root { --text: #1b1b1b; --soft: #555; --line: #ddd; --back: #fff; --work: #8fb4dc; --wait: #c9c9c9; --critical: #d9822b; --failed: #a8001c; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --soft: #aaa; --line: #383838; --back: #161616; --work: #3f6ea3; --wait: #555; --critical: #f0a04b; --failed: #ff6b7d; } }
body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 90rem; padding: 0 1rem; color: var(--text); background: var(--back); }
h1 { font-size: 1.4rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 1.6rem; }
table { border-collapse: collapse; width: 100%; }
tr { border-bottom: 1px solid var(--line); }
th { text-align: left; font-weight: normal; white-space: nowrap; padding: 0 .6rem 0 0; width: 1%; }
td { padding: 0; }
td svg { display: block; width: 100%; }
.scale { position: sticky; top: 0; background: var(--back); }
.scale text { fill: var(--soft); font-size: 11px; }
rect { stroke: var(--back); stroke-width: 1; }
rect.work { fill: var(--work); } rect.wait { fill: var(--wait); opacity: .45; } rect.critical { fill: var(--critical); opacity: 1; } rect.failed { fill: var(--failed); }
rect:hover { stroke: var(--text); }
.key { padding-left: 1.1rem; margin-right: .9rem; background: linear-gradient(var(--back), var(--back)) no-repeat; color: var(--soft); }
.key::before { content: ''; display: inline-block; width: .8rem; height: .8rem; margin: 0 .3rem -.1rem -1.1rem; background: var(--work); }
.key.wait::before { background: var(--wait); opacity: .6; } .key.critical::before { background: var(--critical); } .key.failed::before { background: var(--failed); }
.phases { width: auto; } .phases th, .phases td { padding: .15rem .9rem .15rem 0; width: auto; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
`;
