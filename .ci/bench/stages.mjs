// Each stage of Keystead at several sizes, beside Terraform where it has the same; raw costs, judged by gates.mjs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill, keystead, noLags, program, startCloud } from './cloud.mjs';
import { writeManifests, writeSets } from './manifests.mjs';
import { alternate, run } from './process.mjs';
import { forget, terraform, terraformVersion, writeConfiguration } from './terraform.mjs';

/** One triple: what is left is start-up and what does not grow. */
export const SMALLEST = 4;

/**
 * @param plan sizes with how many runs each, and how long one run may take
 * @returns stage → resources → the costs of ours and theirs, or why there are none
 */
export async function measureStages(folder, { sizes, applies, huge, timeoutMs }, say) {
  const stages = { validate: {}, unchanged: {}, create: {}, absent: {}, apply: {} };
  for (const [resources, runs] of [[SMALLEST, 3], ...sizes]) {
    const withTheirs = resources !== SMALLEST;
    await offline({ folder, resources, runs, stages, withTheirs, timeoutMs }, say);
    await online({ folder, resources, runs, stages, withTheirs, timeoutMs }, say);
  }
  for (const [resources, runs] of [[SMALLEST, 3], ...applies]) {
    const withTheirs = resources !== SMALLEST && resources <= 1000;
    await applied({ folder, resources, runs, stages, withTheirs, timeoutMs }, say);
  }
  for (const resources of huge) {
    const only = { validate: {}, unchanged: {} };
    await offline({ folder, resources, runs: 1, stages: only, timeoutMs: 900_000 }, say);
    await online({ folder, resources, runs: 1, stages: only, timeoutMs: 900_000 }, say);
    for (const name of Object.keys(only)) Object.assign(stages[name], only[name]);
  }
  return stages;
}

async function offline({ folder, resources, runs, stages, withTheirs, timeoutMs }, say) {
  const ours = writeManifests(join(folder, `ours-${resources}`), resources);
  const theirs =
    withTheirs && terraformVersion && (await writeConfiguration(join(folder, `theirs-${resources}`), resources));
  await stage(
    stages,
    { name: 'validate', resources, runs, say },
    {
      ours: () => keystead(undefined, ['validate', ours], { timeoutMs }),
      ...(theirs ? { theirs: () => terraform(theirs, ['validate'], { timeoutMs }) } : {}),
    },
  );
}

async function online({ folder, resources, runs, stages, withTheirs, timeoutMs }, say) {
  const ours = join(folder, `ours-${resources}`);
  const full = await startCloud(noLags);
  try {
    await fill(full, resources);
    const theirs =
      withTheirs &&
      terraformVersion &&
      (await writeConfiguration(join(folder, `live-${resources}`), resources, { live: true }));
    await stage(
      stages,
      { name: 'unchanged', resources, runs, say },
      {
        ours: async () => saying('No changes.', await keystead(full, ['plan', ours], { timeoutMs })),
        ...(theirs
          ? {
              theirs: async () =>
                saying('No changes.', await terraform(theirs, ['plan', '-input=false'], { timeoutMs })),
            }
          : {}),
      },
    );
    if ('absent' in stages) {
      const gone = writeManifests(join(folder, `gone-${resources}`), resources, { absent: true });
      await stage(
        stages,
        { name: 'absent', resources, runs: Math.min(runs, 3), say },
        {
          ours: () => keystead(full, ['plan', gone], { timeoutMs }),
        },
      );
    }
  } finally {
    await full.stop();
  }
  if (!('create' in stages)) return;
  const empty = await startCloud(noLags);
  try {
    await stage(
      stages,
      { name: 'create', resources, runs: Math.min(runs, 3), say },
      {
        ours: () => keystead(empty, ['plan', ours], { timeoutMs }),
      },
    );
  } finally {
    await empty.stop();
  }
}

async function applied({ folder, resources, runs, stages, withTheirs, timeoutMs }, say) {
  const ours = writeManifests(join(folder, `ours-${resources}`), resources);
  const theirs =
    withTheirs && terraformVersion && (await writeConfiguration(join(folder, `apply-${resources}`), resources));
  await stage(
    stages,
    { name: 'apply', resources, runs, say },
    {
      ours: () => applyTo(noLags, ours, timeoutMs),
      ...(theirs
        ? {
            theirs: () => {
              forget(theirs);
              return terraform(theirs, ['apply', '-auto-approve', '-input=false'], { timeoutMs });
            },
          }
        : {}),
    },
  );
}

async function applyTo(options, manifests, timeoutMs) {
  const cloud = await startCloud(options);
  try {
    return await keystead(cloud, ['apply', '--auto-approve', manifests], { timeoutMs });
  } finally {
    await cloud.stop();
  }
}

/** A stage that fails, or takes too long, is told and does not end the others. */
async function stage(stages, { name, resources, runs, say }, measures) {
  try {
    stages[name][resources] = await alternate(runs, measures);
  } catch (error) {
    stages[name][resources] = { failed: error.message };
  }
  say(`${name} ${resources}`, stages[name][resources]);
}

function saying(words, cost) {
  if (!cost.stdout.includes(words)) throw new Error(`"${words}" was expected, not:\n${cost.stdout.slice(-500)}`);
  return cost;
}

/** Sets like those of IBM's provider, created through a delay for each request. */
export async function measureSets(folder, { sets, delayMs, timeoutMs }) {
  const faults = join(folder, 'delay.json');
  writeFileSync(faults, JSON.stringify([{ match: { times: 1_000_000_000 }, delayMs }]));
  const manifests = writeSets(join(folder, 'sets'), sets);
  try {
    const { ours } = await alternate(1, {
      ours: () => applyTo([...noLags, '--faults', faults], manifests, timeoutMs),
    });
    return { sets, delayMs, ours };
  } catch (error) {
    return { sets, delayMs, failed: error.message };
  }
}

export async function measureStart(runs) {
  const node = async (args) => ({ ...(await run(process.execPath, args)), cpuMs: undefined });
  return alternate(runs, {
    ours: () => node([program, '--version']),
    node: () => node(['-e', '0']),
  });
}
