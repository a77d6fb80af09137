// The table as Markdown, and the growth of each stage as a picture.

/** @param lines of gates.mjs */
export function markdown(lines, notes) {
  const rows = lines.map(({ title, ours = '', theirs = '', figure = '', gate = '', aim = '', ok }) => [
    title,
    ours,
    theirs,
    figure,
    gate,
    aim,
    ok === undefined ? '' : ok ? 'pass' : '**miss**',
  ]);
  const head = ['', 'ours', 'theirs', 'figure', 'gate', 'aim', ''];
  const widths = head.map((word, column) => Math.max(3, word.length, ...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const table = [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line);
  return `${[...notes.map((note) => `- ${note}`), '', ...table].join('\n')}\n`;
}

const SIZE = { width: 720, height: 480, left: 70, right: 210, top: 40, bottom: 50 };
const COLOURS = ['#0f62fe', '#198038', '#8a3ffc', '#da1e28', '#b28600'];

/** CPU time over the number of resources, both axes logarithmic: a straight line is a power, its slope the exponent. */
export function growthSvg(stages, smallest) {
  const curves = Object.entries(stages).flatMap(([stage, sizes]) =>
    ['ours', 'theirs'].map((whose) => ({
      stage,
      whose,
      points: Object.entries(sizes).flatMap(([resources, costs]) => {
        const cpuMs = costs[whose]?.cpuMs;
        return cpuMs === undefined || Number(resources) === smallest ? [] : [[Number(resources), cpuMs / 1000]];
      }),
    })),
  );
  const drawn = curves.filter(({ points }) => points.length > 1);
  const all = drawn.flatMap(({ points }) => points);
  const x = scale(
    all.map(([resources]) => resources),
    [SIZE.left, SIZE.width - SIZE.right],
  );
  const y = scale(
    all.map(([, seconds]) => seconds),
    [SIZE.height - SIZE.bottom, SIZE.top],
  );
  const stageNames = Object.keys(stages);
  const axis = [
    ...x.ticks.map((tick) => {
      const at = x.at(tick).toFixed(1);
      return `<path d="M${at} ${SIZE.top}V${SIZE.height - SIZE.bottom}" stroke="#ddd"/><text x="${at}" y="${SIZE.height - SIZE.bottom + 18}" text-anchor="middle">${tick}</text>`;
    }),
    ...y.ticks.map((tick) => {
      const at = y.at(tick).toFixed(1);
      return `<path d="M${SIZE.left} ${at}H${SIZE.width - SIZE.right}" stroke="#ddd"/><text x="${SIZE.left - 8}" y="${Number(at) + 4}" text-anchor="end">${tick} s</text>`;
    }),
  ];
  const lines = drawn.map(({ stage, whose, points }, index) => {
    const colour = COLOURS[stageNames.indexOf(stage)];
    const dash = whose === 'theirs' ? ' stroke-dasharray="5 4"' : '';
    const path = points.map(([resources, seconds]) => `${x.at(resources).toFixed(1)} ${y.at(seconds).toFixed(1)}`);
    const label = whose === 'theirs' ? `${stage}, terraform` : stage;
    const row = SIZE.top + 10 + index * 20;
    const from = SIZE.width - SIZE.right + 16;
    return `<path d="M${path.join('L')}" fill="none" stroke="${colour}" stroke-width="2"${dash}/><path d="M${from} ${row}h24" stroke="${colour}" stroke-width="2"${dash}/><text x="${from + 32}" y="${row + 4}">${label}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="${SIZE.left}" y="20" font-size="14">CPU time by number of resources, both axes logarithmic</text>`,
    ...axis,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** Logarithmic, from the power of ten below the least to the one above the greatest. */
function scale(values, [start, end]) {
  const low = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  return {
    at: (value) => start + ((Math.log10(value) - low) / (high - low)) * (end - start),
    ticks: Array.from({ length: high - low + 1 }, (_, index) => Number((10 ** (low + index)).toPrecision(1))),
  };
}
