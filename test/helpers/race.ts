import { exitOfApply } from '../../src/cli/exit.ts';
import { openSecret } from '../../src/cli/secrets.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import type { SecretSource } from '../../src/model/secret.ts';
import { type Applied, apply, kinds, plan } from '../../src/pipeline.ts';
import { clockOf, type Keystead } from './keystead.ts';

/** How a run that had rivals ended. */
export interface Finish {
  readonly applied: Applied;
  readonly code: number;
}

/**
 * Runs of `apply` at the same time, each with a connection of its own, as two processes would have. All plan before any of
 * them writes, so that each is stale as soon as another has done something.
 */
export async function race(
  { emulator, connection }: Keystead,
  runners: readonly { readonly wanted: PlanInput; readonly parallelism: number }[],
  allow: readonly string[] = [],
): Promise<readonly Finish[]> {
  const clock = clockOf(emulator);
  const common = {
    kinds,
    endpoints: 'emulator',
    consents: allow,
    secret: (source: SecretSource) => openSecret(source, {}),
  };
  const started = await Promise.all(
    runners.map(async ({ wanted, parallelism }) => {
      const live = connection();
      const made = await plan(wanted, { ...common, reader: live.reader(), now: live.now });
      return { wanted, parallelism, live, made };
    }),
  );
  const { signal } = new AbortController();
  return await Promise.all(
    started.map(async ({ wanted, parallelism, live, made }) => {
      const means = { cloud: live.cloud, clock, now: live.now, tell: () => undefined, parallelism, signal };
      const applied = await apply(wanted, made, { ...common, ...means, waitMs: 3_600_000 });
      return { applied, code: exitOfApply(applied, signal) };
    }),
  );
}
