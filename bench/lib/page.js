/** docs/performance.md, from what was measured. @param shown parts with their results */
export function page(shown) {
  return `# Performance

Written by \`npm run bench\` from [bench/results](../bench/results), which has every single run. Beside each goal stands what was
measured, missed ones included: the median, and from the least to the most of all runs. What a machine takes depends on the machine
and on what else it does; the load it had before is said. \`npm run bench -- PART\` measures one part; [bench/README.md](../bench/README.md)
says how. What takes minutes a run is measured less than five times, so that all of it is through within an hour; \`--rounds N\` measures all of it N times.
These parts took ${minutes(shown)} min together.

${shown.map(({ part, result }) => section(part, result)).join('\n')}`;
}

const minutes = (shown) => Math.round(shown.reduce((sum, { result }) => sum + result.seconds, 0) / 60);

function section(part, { title, begun, seconds, machine, versions, commands, figures }) {
  const { commit, kinit, node, ...others } = versions;
  const more = Object.entries(others).map(([name, version]) => `, ${name} ${version}`);
  const missed = figures.filter(({ met }) => met === false);
  return `## ${title}

${part.about}

![${title}: figures as a share of their goals](pictures/bench-${part.id}.svg)

| Figure | Goal | Median | Least to most | Runs |
| --- | --- | --- | --- | --- |
${figures.map(row).join('\n')}

${missed.map((figure) => `- **Missed: ${figure.title}.** ${part.missed?.[figure.id] ?? 'The cause is not known yet.'}`).join('\n')}

${begun.slice(0, 16).replace('T', ' ')} UTC, ${seconds} s, on ${machine.cpus} CPUs (${machine.model}), ${machine.memoryGB} GB, kernel ${machine.kernel}, load before
${machine.loadBefore}; kinit ${kinit} (${commit}), Node ${node}${more.join('')}. Commands:

\`\`\`bash
${commands.join('\n')}
\`\`\`
`;
}

function row({ title, unit, goal, atLeast, met, median, min, max, runs }) {
  const wanted = goal === undefined ? '' : `at ${atLeast === true ? 'least' : 'most'} ${goal} ${unit}`;
  const verdict = met === undefined ? '' : met ? ' ✓' : ' ✗';
  return `| ${title} | ${wanted} | ${median} ${unit}${verdict} | ${min} to ${max} | ${runs.length} |`;
}
