import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import type { Plan } from '../model/change.ts';
import { KeysteadError } from '../model/errors.ts';
import { readPlan } from '../pipeline.ts';
import { planAsJson } from '../report/plan/summary.ts';

/** Readable by its owner alone: it tells what protects what. */
const MODE = 0o600;

/** A path that does not end in .yaml or .yml and is a file is a plan file (design 5). */
export async function planFileAmong(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (isManifest(path)) continue;
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
  }
  return undefined;
}

function isManifest(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

/**
 * A plan is never written over a manifest, nor where `apply` would take it for one.
 *
 * @throws KeysteadError `PLAN_FILE`
 */
export function refuseManifest(path: string): void {
  if (!isManifest(path)) return;
  const remedy = `save it under another name: \`--out ${path.replace(/\.ya?ml$/, '.plan')}\``;
  throw new KeysteadError('PLAN_FILE', `${path} is a manifest's name, and a plan would be written over it`, { remedy });
}

/** @throws KeysteadError `PLAN_FILE` when one of them is a plan, as only `apply` and `show` take it */
export async function refusePlans(paths: readonly string[]): Promise<void> {
  const path = await planFileAmong(paths);
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  if (!/^\{\s*"formatVersion"/.test(text)) return;
  throw new KeysteadError('PLAN_FILE', `${path} is a saved plan, and this command reads manifests`, {
    remedy: `\`keystead show ${path}\` shows it, \`keystead apply ${path}\` carries it out`,
  });
}

/** @throws KeysteadError `PLAN_FILE` when it cannot be read, is no plan, of a newer format, or edited */
export async function loadPlan(path: string): Promise<Plan> {
  if (isManifest(path)) {
    const remedy = `\`keystead plan ${path}\` shows what it would do`;
    throw new KeysteadError('PLAN_FILE', `${path} is a manifest's name, not a plan's`, { remedy });
  }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new KeysteadError('PLAN_FILE', `${path} cannot be read`, { remedy: 'check the path', cause: error });
  });
  return readPlan(text, path);
}

/** Whole or not at all: a plan that was half written is never applied. */
export async function savePlan(path: string, plan: Plan): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, planAsJson(plan), { mode: MODE });
    await rename(aside, path);
  } catch (error) {
    throw new KeysteadError('PLAN_FILE', `${path} cannot be written`, { remedy: 'choose another --out', cause: error });
  }
}
