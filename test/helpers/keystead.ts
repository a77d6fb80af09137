import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { openSecret } from '../../src/cli/secrets.ts';
import type { Clock } from '../../src/cloud/clock.ts';
import { type Connection, connect } from '../../src/cloud/connect.ts';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import type { Emulator, EmulatorOptions } from '../../src/emulator/start.ts';
import { createLog } from '../../src/log.ts';
import type { ApplyEvent } from '../../src/model/event.ts';
import type { PlanInput } from '../../src/model/plan-input.ts';
import {
  type Applied,
  apply,
  kinds,
  type Planned,
  plan,
  type ValidateInput,
  type Validation,
  validate,
  validator,
} from '../../src/pipeline.ts';
import { renderPlan } from '../../src/report/plan/text.ts';
import { type Api, withEmulator } from './emulator.ts';
import { noteEvent, writesOf } from './request-log.ts';

/** The pipeline as a command uses it, against an emulator over HTTP, in a folder of its own. */
export interface Keystead {
  readonly emulator: Emulator;
  readonly api: Api;
  /** Writes the manifest that everything below reads. */
  write(text: string): Promise<void>;
  /** Writes a manifest of several files, in place of all that is there. */
  writeFiles(files: Readonly<Record<string, string>>): Promise<void>;
  validate(): Promise<Validation>;
  plan(options?: PlanWords): Promise<Planned>;
  /** The plan as text, for golden files. */
  planText(options?: PlanWords): Promise<string>;
  /** Plans and applies. */
  apply(
    options?: PlanWords & {
      readonly parallelism?: number;
      readonly waitMs?: number;
      /** Something that happens after it was planned, and before anything is done. */
      readonly between?: () => Promise<unknown>;
      /** Something that happens in the middle: it is over before the run goes on. */
      readonly meanwhile?: (event: ApplyEvent) => void;
    },
  ): Promise<Applied>;
  /** The environment in which applies find key material; a test fills it. */
  readonly secrets: Record<string, string>;
  /** What applies have told, in order. */
  readonly events: readonly ApplyEvent[];
  /** A connection of its own, as a new process would have. */
  connection(apiKey?: string): Connection;
  /** So much time passes in the cloud, in milliseconds, and this machine's clock does not see it. */
  leap(ms: number): void;
}

/** The kinds that there are, and the schema of their manifests. Default: the product's. */
export type Product = Pick<ValidateInput, 'kinds' | 'validator'>;

/** What flags say. */
export interface PlanWords {
  readonly allow?: readonly string[];
  readonly target?: readonly string[];
  /** Whose run it is. Default: the emulator's own. */
  readonly apiKey?: string;
  readonly prune?: boolean;
}

/** Time is the emulator's: a wait moves its clock, so that no test ever waits. */
export function clockOf(emulator: Emulator): Clock {
  return {
    now: () => emulator.clock.now().getTime(),
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      emulator.clock.advance(ms);
    },
  };
}

/** Runs a test with Keystead. */
export async function withKeystead(
  test: (keystead: Keystead) => Promise<void>,
  options: EmulatorOptions = {},
  product: Product = { kinds, validator },
): Promise<void> {
  await withEmulator(
    async ({ emulator, api }) => {
      const folder = await mkdtemp(join(tmpdir(), 'keystead-test-'));
      try {
        await test(keysteadIn(folder, emulator, api, product));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    options,
    true,
  );
}

/** Runs what may only read, and holds that it did. */
async function reading<T>(emulator: Emulator, work: () => Promise<T>): Promise<T> {
  const before = emulator.requests().length;
  try {
    return await work();
  } finally {
    expect(writesOf(emulator.requests().slice(before))).toEqual([]);
  }
}

function keysteadIn(folder: string, emulator: Emulator, api: Api, product: Product): Keystead {
  const events: ApplyEvent[] = [];
  let unseenMs = 0;
  const cloudClock = clockOf(emulator);
  const clock: Clock = { ...cloudClock, now: () => cloudClock.now() - unseenMs };
  const { environment } = emulator;
  const secrets: Record<string, string> = {};
  const connection = (apiKey = environment['IBMCLOUD_API_KEY'] ?? '') =>
    connect({
      credentials: { type: 'iam', apiKey },
      endpoints: endpointsFrom(environment, 'public'),
      log: createLog({ level: 'silent' }),
      clock,
      random: () => 0.5,
    });
  const writeFiles = async (files: Readonly<Record<string, string>>) => {
    const stale = (await readdir(folder)).filter((name) => files[name] === undefined);
    await Promise.all(stale.map((name) => rm(join(folder, name))));
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  };
  const check = () =>
    reading(emulator, () =>
      validate({
        ...product,
        paths: ['.'],
        recursive: false,
        cwd: folder,
        variables: { flags: [], files: [], env: {} },
      }),
    );
  const wanted = async ({ target: targets = [], prune }: PlanWords): Promise<PlanInput> => {
    const validation = await check();
    if (validation.wanted === undefined) throw new Error(JSON.stringify(validation.problems));
    return { ...validation.wanted, targets, ...(prune ? { prune } : {}) };
  };
  const planWith = async (live: Connection, { allow: consents = [], ...words }: PlanWords) =>
    await reading(emulator, async () =>
      plan(await wanted(words), {
        kinds: product.kinds,
        reader: live.reader(),
        endpoints: 'emulator',
        now: live.now,
        consents,
      }),
    );
  return {
    emulator,
    api,
    events,
    secrets,
    connection,
    leap(ms) {
      unseenMs += ms;
      emulator.clock.advance(ms);
    },
    write: async (text) => await writeFiles({ 'keystead.yaml': text }),
    writeFiles,
    validate: check,
    plan: async (words = {}) => await planWith(connection(words.apiKey), words),
    planText: async (words = {}) =>
      renderPlan((await planWith(connection(words.apiKey), words)).plan, { color: false }),
    async apply({
      parallelism = 10,
      waitMs = 3_600_000,
      allow = [],
      target = [],
      prune = false,
      between,
      meanwhile,
      apiKey,
    } = {}) {
      const live = connection(apiKey);
      const made = await planWith(live, { allow, target, prune });
      await between?.();
      return await apply(await wanted({ target, prune }), made, {
        kinds: product.kinds,
        cloud: live.cloud,
        endpoints: 'emulator',
        clock,
        now: live.now,
        tell(event) {
          events.push(event);
          noteEvent(emulator, event);
          meanwhile?.(event);
        },
        parallelism,
        waitMs,
        consents: allow,
        signal: new AbortController().signal,
        secret: (source) => openSecret(source, secrets),
      });
    },
  };
}
