import { describe, expect, test } from '@jest/globals';
import { endpointsFrom } from '../../src/cloud/endpoints.ts';
import { readErrorBody } from '../../src/cloud/error-body.ts';
import { policy } from '../../src/cloud/iam-policies/shapes.ts';
import { keyProtect as keyProtectCalls } from '../../src/cloud/key-protect/calls.ts';
import { registration, resources } from '../../src/cloud/key-protect/shapes.ts';
import { ownEndpoints } from '../../src/cloud/own-endpoints.ts';
import { instance } from '../../src/cloud/resource-controller/shapes.ts';
import { retryAfterMs } from '../../src/cloud/retry-after.ts';
import { toObserved } from '../../src/kinds/authorization/facts.ts';
import { keysIn } from '../../src/kinds/deployment/echo.ts';
import { observedInstance } from '../../src/kinds/instance/facts.ts';
import { instanceCrnOf, parseCrn } from '../../src/model/crn.ts';
import { unrelated } from '../../src/model/relation.ts';
import { usersIn } from '../../src/services/registrants.ts';
import { withEmulator } from '../helpers/emulator.ts';
import { at } from '../helpers/platform.ts';
import { snapshotOf } from '../helpers/snapshot.ts';
import { catalog } from '../helpers/toy-kind.ts';
import { databases } from './databases.ts';
import { differences, formOf, strayed } from './form.ts';
import { iam } from './iam.ts';
import { instances } from './instances.ts';
import { keyProtect } from './key-protect.ts';
import { keyProtectRefusals } from './key-protect-refusals.ts';
import { keys } from './keys.ts';
import { platform } from './platform.ts';
import { resourceController } from './resource-controller.ts';
import { resourceControllerRefusals } from './resource-controller-refusals.ts';
import { openScene, seed } from './scene.ts';
import { account } from './witness.ts';

const calls = [
  ...keys,
  ...keyProtect,
  ...keyProtectRefusals,
  ...instances,
  ...resourceController,
  ...resourceControllerRefusals,
  ...platform,
  ...iam,
  ...databases,
];
const rows = calls.flatMap((call) => call.witnesses.map((witness) => ({ ...call, ...witness })));

describe('answers that were recorded in public', () => {
  test('name their source and day', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
    for (const { source, date } of rows)
      expect([source, date]).toEqual([expect.stringMatching(/ /), expect.stringMatching(/^20\d\d-\d\d-\d\d$/)]);
  });

  test.each(rows.filter(({ shape }) => shape !== undefined))(
    'are read whole: $call, $shows',
    ({ shape, keeps = [], body }) => {
      expect(strayed(shape?.(body), at(body, ...keeps))).toEqual([]);
    },
  );

  test.each(rows.filter(({ words }) => words !== undefined))('give their words: $call, $shows', ({ words, body }) => {
    expect(readErrorBody(body)).toEqual(words);
  });

  test.each(rows.filter(({ waitMs }) => waitMs !== undefined))('say when to ask again: $call, $shows', (row) => {
    const headers = Object.entries(row.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    expect(retryAfterMs(Object.fromEntries(headers), 0)).toBe(row.waitMs);
  });
});

const { host } = keyProtectCalls.api;
const snapshot = snapshotOf([], { catalog: { ...catalog, account } });

describe('what Keystead makes of them', () => {
  test.each(rows.filter(({ lives }) => lives !== undefined))(
    'instances: $shows',
    ({ shape, body, lives, keys: echoed = [] }) => {
      const found = [at(shape?.(body), 'resources') ?? body].flat().map((one) => instance(one));
      const taken = found.map((one) => observedInstance('deployment', { instance: one, tags: [] }, unrelated));
      expect(taken.map(({ life }) => life.is)).toEqual(lives);
      expect(found.flatMap(({ parameters }) => keysIn(parameters))).toEqual(echoed);
    },
  );

  test.each(rows.filter((row) => row.endpoints !== undefined))(
    'endpoints: $shows',
    async ({ body, endpoints: said }) => {
      const one = instance(body);
      for (const visibility of ['public', 'private'] as const) {
        const own = ownEndpoints(endpointsFrom({}, visibility), async () => one);
        expect((await own.of(host, one.crn)).url).toBe(said?.[visibility]);
      }
    },
  );

  test.each(rows.filter(({ unknown }) => unknown !== undefined))('policies: $shows', ({ body, unknown }) => {
    expect(policy(body).unknown).toEqual(unknown);
  });

  test.each(rows.filter(({ understood }) => understood !== undefined))('policies: $shows', ({ body, understood }) => {
    const { relations, managedBy } = toObserved(policy(at(body, ...(understood ?? []))), snapshot);
    expect(relations.grants).toEqual([expect.not.objectContaining({ opaque: expect.anything() })]);
    expect(managedBy).toBeUndefined();
  });

  test.each(rows.filter(({ users }) => users !== undefined))('registrations: $shows', ({ body, users }) => {
    const found = resources(registration)(body).map(({ resourceCrn }) => {
      const crn = parseCrn(resourceCrn);
      const [user] = crn === undefined ? [] : usersIn(crn, account);
      expect(user).not.toHaveProperty('account');
      return `${user?.service} ${parseCrn(instanceCrnOf(resourceCrn))?.instance}`;
    });
    expect([...new Set(found)]).toEqual(users);
  });
});

describe('the emulator', () => {
  test('answers in the forms that were recorded, and refuses what was refused, but for what is listed', async () => {
    await withEmulator(
      async (given) => {
        const scene = await openScene(given);
        const found: Record<string, readonly string[]> = {};
        const listed: Record<string, readonly string[]> = {};
        for (const { call, witnesses, emulated = [], known = {} } of calls) {
          const answers: unknown[] = [];
          const others: string[] = [];
          for (const ask of emulated) answers.push((await ask(scene)).body);
          for (const { again, status, words } of witnesses) {
            if (again === undefined) continue;
            const answer = await again(scene);
            answers.push(answer.body);
            const [was, is] = [`${status} ${words?.code}`, `${answer.status} ${readErrorBody(answer.body).code}`];
            if (is !== was) others.push(`${was} is ${is}`);
          }
          if (answers.length === 0) continue;
          found[call] = [...differences(formOf(witnesses.map(({ body }) => body)), formOf(answers)), ...others].sort();
          listed[call] = Object.keys(known).sort();
        }
        expect(found).toEqual(listed);
      },
      { seed },
    );
  });
});
