/**
 * One line a figure that has a goal: how much of the goal was taken, from the least to the most, with a mark at the median. Left of the
 * line is within it. A figure that has to be large is turned around.
 */
export function picture({ title, figures }) {
  const rows = figures.filter(({ goal }) => goal !== undefined).map((figure) => ({ figure, share: shareOf(figure) }));
  const most = Math.max(1.25, ...rows.map(({ share }) => Math.min(share.max, FURTHEST)));
  const x = (share) => LEFT + (Math.min(share, most) / most) * WIDTH;
  const height = TOP + rows.length * ROW + 28;
  const lines = rows.map(({ figure, share }, index) => {
    const y = TOP + index * ROW;
    const kind = figure.met ? 'met' : 'missed';
    return `  <text class="name" x="${LEFT - 10}" y="${y + 5}" text-anchor="end">${escaped(figure.title)}</text>
  <rect class="${kind}" x="${LEFT}" y="${y - 7}" width="${fixed(x(share.median) - LEFT)}" height="14" rx="2"/>
  <path class="noise" d="M${fixed(x(share.min))} ${y}H${fixed(x(share.max))}M${fixed(x(share.min))} ${y - 4}v8M${fixed(x(share.max))} ${y - 4}v8"/>
  <text class="value" x="${LEFT + WIDTH + 12}" y="${y + 5}">${figure.median} ${escaped(figure.unit)}${share.median > most ? ' →' : ''}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 110} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">
  <title>${escaped(title)}: measured figures as a share of their goals</title>
  <style>
    text { fill: #1f2328 } .value { font-weight: 600 } .goal { stroke: #59636e; stroke-dasharray: 4 3; fill: none }
    .met { fill: #4c9a6a } .missed { fill: #c9603f } .noise { stroke: #1f2328; stroke-width: 1.2; fill: none }
    @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .goal { stroke: #9198a1 } .noise { stroke: #e6edf3 } }
  </style>
${lines.join('\n')}
  <path class="goal" d="M${fixed(x(1))} ${TOP - 18}V${height - 24}"/>
  <text x="${fixed(x(1))}" y="${height - 8}" text-anchor="middle">goal</text>
</svg>
`;
}

const [LEFT, WIDTH, ROW, TOP] = [330, 360, 30, 26];
/** In goals; what is further out gets an arrow. */
const FURTHEST = 4;

function shareOf({ goal, atLeast, min, median, max }) {
  const ratio = atLeast === true ? (value) => goal / value : (value) => value / goal;
  // None at all is within a goal of none; less than none is what is measured as a difference.
  const share = (value) => (goal === 0 && value === 0 ? 0 : Math.max(0, ratio(value)));
  const [one, other] = [share(min), share(max)];
  return { min: Math.min(one, other), median: share(median), max: Math.max(one, other) };
}

const fixed = (value) => value.toFixed(1);
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
