// What each figure has to be (`gate`) and is meant to become (`aim`).
import { SMALLEST } from './stages.mjs';

/** Less than so much more than a start says nothing of growth. */
const LEAST_MS = 50;

const EXPONENT = { gate: 1.15, aim: 1.05 };

/** Ours as a multiple of Terraform's, by stage, cost and number of resources. */
const RATIOS = [
  { stage: 'validate', cost: 'wallMs', resources: 1000, gate: 1.0, aim: 0.7 },
  { stage: 'validate', cost: 'wallMs', resources: 10_000, gate: 0.7, aim: 0.4 },
  { stage: 'unchanged', cost: 'wallMs', resources: 1000, gate: 0.7, aim: 0.5 },
  { stage: 'unchanged', cost: 'wallMs', resources: 10_000, gate: 0.35, aim: 0.2 },
  { stage: 'unchanged', cost: 'peakMb', resources: 1000, gate: 0.8, aim: 0.6 },
  { stage: 'unchanged', cost: 'peakMb', resources: 10_000, gate: 0.4, aim: 0.3 },
  { stage: 'apply', cost: 'wallMs', resources: 1000, gate: 0.4, aim: 0.25 },
];

/** Ours alone. */
const LIMITS = [
  { stage: 'unchanged', cost: 'requests', resources: 1000, gate: 25 },
  { stage: 'create', cost: 'cpuMs', resources: 1000, gate: 2000 },
  { stage: 'absent', cost: 'cpuMs', resources: 1000, gate: 2000 },
  { stage: 'apply', cost: 'requests', resources: 1000, gate: 5000 },
  { stage: 'apply', cost: 'wallMs', resources: 3000 },
  { stage: 'validate', cost: 'peakMb', resources: 100_000, gate: 2048 },
  { stage: 'unchanged', cost: 'peakMb', resources: 100_000, gate: 2048 },
  { stage: 'validate', cost: 'wallMs', resources: 100_000 },
  { stage: 'unchanged', cost: 'wallMs', resources: 100_000 },
];

const TITLES = {
  validate: 'validate',
  unchanged: 'plan, nothing to change',
  create: 'plan, everything to create',
  absent: 'plan, everything to delete',
  apply: 'apply, everything to create',
};

const COSTS = {
  wallMs: { title: 'wall', text: (ms) => (ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`) },
  cpuMs: { title: 'CPU', text: (ms) => `${(ms / 1000).toFixed(2)} s` },
  peakMb: { title: 'peak memory', text: (mb) => `${mb.toFixed(0)} MB` },
  requests: { title: 'requests', text: (count) => count.toFixed(0) },
};

/** @returns lines of the table: what, ours, theirs, the figure that counts, its gate and aim, and whether it is met */
export function judgeStages(stages) {
  return [...RATIOS.flatMap((gate) => judgeRatio(stages, gate)), ...LIMITS.flatMap((gate) => judgeLimit(stages, gate))];
}

function judgeRatio(stages, { stage, cost, resources, gate, aim }) {
  const measured = stages[stage][resources];
  if (measured === undefined) return [];
  const { title, text } = COSTS[cost];
  const line = { title: `${TITLES[stage]}, ${resources}, ${title}`, gate: `≤ ${gate} ×`, aim: `${aim} ×` };
  if (measured.failed) return [{ ...line, ours: firstLine(measured.failed), ok: false }];
  const [ours, theirs] = [measured.ours[cost], measured.theirs?.[cost]];
  if (ours === undefined) return [line];
  if (theirs === undefined) return [{ ...line, ours: text(ours), theirs: 'no terraform' }];
  const figure = `${(ours / theirs).toFixed(2)} ×`;
  return [{ ...line, ours: text(ours), theirs: text(theirs), figure, ok: ours / theirs <= gate }];
}

function judgeLimit(stages, { stage, cost, resources, gate }) {
  const measured = stages[stage][resources];
  if (measured === undefined) return [];
  const { title, text } = COSTS[cost];
  const line = {
    title: `${TITLES[stage]}, ${resources}, ${title}`,
    gate: gate === undefined ? 'done' : `≤ ${text(gate)}`,
  };
  if (measured.failed) return [{ ...line, ours: firstLine(measured.failed), ok: false }];
  const ours = measured.ours[cost];
  if (ours === undefined) return [line];
  return [{ ...line, ours: text(ours), ok: gate === undefined || ours <= gate }];
}

/** How the CPU time of each stage grows up to 10,000 resources, and beyond, less what one triple costs. */
export function judgeGrowth(stages) {
  return Object.entries(stages).flatMap(([stage, sizes]) =>
    spansOf(sizes).map(([from, to]) => {
      const line = {
        title: `growth of ${TITLES[stage]}, CPU, ${from} to ${to}`,
        gate: `exponent ≤ ${EXPONENT.gate}`,
        aim: `${EXPONENT.aim}`,
      };
      if (sizes[from].failed || sizes[to].failed) return { ...line, ours: 'not done', ok: false };
      const exponent = exponentOf(sizes, from, to);
      return exponent === undefined
        ? { ...line, ours: 'too little to tell' }
        : { ...line, figure: exponent.toFixed(2), ok: exponent <= EXPONENT.gate };
    }),
  );
}

function spansOf(sizes) {
  const measured = Object.keys(sizes)
    .map(Number)
    .filter((resources) => resources !== SMALLEST);
  const usual = measured.filter((resources) => resources <= 10_000);
  return [[usual.at(0), usual.at(-1)], ...measured.slice(usual.length).map((resources) => [usual.at(-1), resources])];
}

/** Undefined where the smaller size costs hardly more than a start. */
function exponentOf(sizes, from, to) {
  const [base, small, large] = [SMALLEST, from, to].map((resources) => sizes[resources]?.ours?.cpuMs);
  // CPU time is told in hundredths of a second.
  if (base === undefined || large === undefined || !(small - base >= LEAST_MS)) return undefined;
  return Math.log((large - base) / (small - base)) / Math.log(to / from);
}

/**
 * The quickest run of each, not the median: what else the machine does only adds, and adds more than what is measured.
 *
 * @param start the costs of `--version` and of `node -e 0`
 */
export function judgeStart({ ours, node }) {
  const [version, nothing] = [ours, node].map(({ runsMs }) => Math.min(...runsMs));
  const more = version - nothing;
  return [
    {
      title: '--version, more than node -e 0, quickest runs',
      ours: `${version.toFixed(1)} ms`,
      theirs: `node ${nothing.toFixed(1)} ms`,
      figure: `${more.toFixed(1)} ms`,
      gate: '≤ 30 ms',
      aim: '15 ms',
      ok: more <= 30,
    },
  ];
}

export function judgeSets({ sets, delayMs, ours, failed }) {
  const title = `apply of ${sets} sets of 3 resources, ${delayMs} ms a request`;
  if (failed) return [{ title, ours: firstLine(failed), ok: false }];
  const [gate, aim] = [15 * sets, 10 * sets];
  return [
    {
      title: `${title}, requests`,
      ours: `${ours.requests}`,
      gate: `≤ ${gate}`,
      aim: `${aim}`,
      ok: ours.requests <= gate,
    },
    { title: `${title}, wall`, ours: COSTS.wallMs.text(ours.wallMs), aim: `${((20 * sets) / 50).toFixed(0)} s` },
  ];
}

function firstLine(text) {
  return text.split('\n')[0];
}
