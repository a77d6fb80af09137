import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../src/emulator/start.ts';
import type { ActionContext } from '../../src/kinds/action.ts';
import { actions } from '../../src/kinds/deployment/actions.ts';
import type { LiveDeployment } from '../../src/kinds/deployment/live-keys.ts';
import type { DeploymentSpec } from '../../src/kinds/deployment/spec.ts';
import { Stale } from '../../src/model/errors.ts';
import type { Desired, Observed } from '../../src/model/resource.ts';
import { kinds, validator } from '../../src/pipeline.ts';
import { exportLive } from '../../src/pipeline-export.ts';
import { consoleOf, liveWorld } from '../helpers/console.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { bearers } from '../helpers/marks.ts';
import { stackOf } from '../helpers/stacks.ts';

/** How often the tagging API was asked what one object bears: the call that IBM rations. */
const tagReads = (emulator: Emulator): number =>
  emulator.requests().filter(({ method, path }) => method === 'GET' && path.startsWith('/v3/tags')).length;

const lakes = (...written: readonly string[]) =>
  stackOf('prod', `deployments:\n${written.map((one) => `  ${one}\n`).join('')}`);
const lake = (name: string, more = '') => `${name}: { service: data-virtualization, plan: enterprise${more} }`;

const ends = (applied: Awaited<ReturnType<Keystead['apply']>>) =>
  applied.outcomes.map(({ address, verb, is }) => `${address} ${verb} ${is}`);

const marked = ({ emulator }: Keystead) => bearers(emulator).map(({ name, marks }) => `${name} ${marks.join()}`);

/** The tagging API answers so to the first few of these requests. */
const refuse = (emulator: Emulator, method: string, status: number, times: number): void =>
  emulator.faults.add({ match: { method, path: '^/v3/tags', times }, status });

describe('tags', () => {
  test('are read by search: making, changing and looking ask the tagging API for none', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply, plan } = keystead;
      refuse(emulator, 'GET', 429, 1_000);
      await write(lakes(lake('one'), lake('two', ', tags: [team:a, Team:A], parameters: { workers: 2 }')));
      await apply();
      // The search knows them by then, however late it is.
      emulator.clock.advance(60_000);
      await write(
        lakes(
          lake('one', ', name: uno, parameters: { workers: 3 }'),
          lake('two', ', tags: [team:a], parameters: { workers: 3 }'),
        ),
      );
      expect(ends(await apply())).toEqual(['deployment.one update done', 'deployment.two update done']);
      expect((await plan()).plan.changes).toEqual([]);
      expect(tagReads(emulator)).toBe(0);
    });
  });

  test('of a new instance are asked for itself where the search does not know them yet: it bears any name', async () => {
    await withKeystead(
      async (keystead) => {
        const { emulator, api, write, apply, plan } = keystead;
        await write(lakes(lake('one')));
        await apply();
        const crn = encodeURIComponent(bearers(emulator)[0]?.id ?? '');
        await api('PATCH', `/v2/resource_instances/${crn}`, { body: { name: 'uno' } });
        expect((await plan()).plan.changes).toEqual([]);
      },
      { settings: { searchLagMs: 60_000 } },
    );
  });

  test('that tagging refuses of what somebody else has just made stop nothing, and nothing is done to it', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply, plan } = keystead;
      const access = [{ roles: ['Administrator', 'Manager'] }];
      emulator.identities.add({ name: 'second', apiKey: 'the-second-identity', access });
      await write(lakes(lake('one'), lake('two')).replace('stack: prod', 'stack: other'));
      await apply({ apiKey: 'the-second-identity' });
      await unmark(keystead);
      refuse(emulator, 'GET', 403, 1_000);
      await write(lakes(lake('one'), lake('three')));
      expect((await plan()).plan.changes).toMatchObject([
        { address: 'deployment.one', status: { code: 'UNMARKED' } },
        { address: 'deployment.three', verb: 'create', status: { is: 'ready' } },
      ]);
    });
  });

  test('are attached to a new instance once tagging knows it', async () => {
    await withKeystead(async (keystead) => {
      for (const status of [403, 404]) refuse(keystead.emulator, 'POST', status, status === 403 ? 2 : 4);
      await keystead.write(lakes(lake('one')));
      expect(ends(await keystead.apply())).toEqual(['deployment.one create done']);
      expect(marked(keystead)).toEqual(['one prod/one']);
      expect(keystead.events).toContainEqual(
        expect.objectContaining({ type: 'waiting', reason: 'tagging to know the new instance' }),
      );
    });
  });

  test('that tagging refuses for three minutes are left to the platform, which attaches those of a create by itself', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      refuse(emulator, 'POST', 403, 1_000);
      await write(lakes(lake('one')));
      const began = emulator.clock.now().getTime();
      expect(ends(await apply())).toEqual(['deployment.one create done']);
      expect(emulator.clock.now().getTime() - began).toBeGreaterThanOrEqual(180_000);
      expect(marked(keystead)).toEqual(['one prod/one']);
    });
  });

  test('that are refused for an instance that is no longer new are refused for good', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      await write(lakes(lake('one')));
      await apply();
      emulator.clock.advance(180_000);
      refuse(emulator, 'POST', 403, 1_000);
      await write(lakes(lake('one', ', tags: [team:a]')));
      const began = emulator.clock.now().getTime();
      expect((await apply()).outcomes).toMatchObject([
        { is: 'failed', error: { message: expect.stringContaining('attach tags: HTTP 403') } },
      ]);
      expect(emulator.clock.now().getTime() - began).toBeLessThan(60_000);
    });
  });

  test('need not be readable for a create to be found whose answer was lost', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, write, apply } = keystead;
      refuse(emulator, 'GET', 403, 3);
      emulator.faults.add({ match: { method: 'POST', path: '^/v2/resource_instances$' }, drop: 'after' });
      await write(lakes(lake('one')));
      expect(ends(await apply())).toEqual(['deployment.one create done']);
      expect(marked(keystead)).toEqual(['one prod/one']);
    });
  });

  test('that show another owner once a mark was set take the mark off again', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, api, write, apply, plan } = keystead;
      await write(lakes(lake('one')));
      await apply();
      await unmark(keystead);
      await write(lakes(lake('one')).replace('stack: prod', 'stack: other'));
      const { plan: made, snapshot } = await plan({ allow: ['adopt:deployment.one'] });
      const cloud = keystead.connection().cloud();
      const desired = made.desired[0] as Desired<DeploymentSpec>;
      const live = snapshot.live.get(snapshot.idOf(desired.address) ?? '') as Observed<LiveDeployment>;
      const context: ActionContext = {
        ...{ snapshot, now: () => emulator.clock.now(), secret: async () => new Uint8Array() },
        cloud: {
          ...cloud,
          async attachTags(crn, tags) {
            await consoleOf(emulator, api).tag('one', 'keystead:prod.one');
            await cloud.attachTags(crn, tags);
          },
        },
        alone: (_name, work) => work(),
        hasLost: () => false,
        persist: async (_wait, attempt) => once(await attempt()),
        resolve: (ref) => ref,
        eventually: async (_what, read) => once(await read()),
      };
      await expect(actions.adopt(context, { desired, live, fields: [] })).rejects.toThrow(Stale);
      expect(marked(keystead)).toEqual(['one prod/one']);
    });
  });

  test('are asked for themselves before a deletion: what somebody took over a moment ago stays', async () => {
    await withKeystead(
      async (keystead) => {
        const { emulator, api, write, apply } = keystead;
        await write(lakes(lake('one')));
        await apply();
        emulator.clock.advance(60_000);
        await write(lakes(lake('one', ', state: absent')));
        const applied = await apply({
          async between() {
            await consoleOf(emulator, api).untag('one', 'keystead:prod.one');
            await consoleOf(emulator, api).tag('one', 'keystead:other.one');
          },
        });
        expect(applied.outcomes).not.toContainEqual(expect.objectContaining({ is: 'failed' }));
        expect(liveWorld(emulator).instances).toMatchObject([{ state: 'active' }]);
        expect(marked(keystead)).toEqual(['one other/one']);
      },
      { settings: { searchLagMs: 60_000 } },
    );
  });

  test('are exported from one search', async () => {
    await withKeystead(async ({ emulator, write, apply, connection }) => {
      await write(lakes(lake('one'), lake('two', ', tags: [team:a], parameters: { workers: 2 }')));
      await apply();
      emulator.clock.advance(60_000);
      const { reader, now } = connection();
      const wish = { instances: [], services: [], all: true, stack: undefined };
      const { blocks } = await exportLive(wish, { kinds, validator, reader: reader(), now });
      expect(JSON.stringify(blocks)).toContain('team:a');
      expect(tagReads(emulator)).toBe(0);
    });
  });
});

function once<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('not at once');
  return found;
}

describe('a plan of tags', () => {
  const withTags = (more = '') => lakes(lake('one', `, tags: [Team:A, env:prod]${more}`));

  /** The lines of the plan that are about tags. */
  const tagLines = async (keystead: Keystead): Promise<readonly string[]> =>
    (await keystead.planText()).split('\n').flatMap((line) => (/^ +tags +(.*)$/.exec(line) ?? []).slice(1));

  const tagsNow = async ({ emulator, connection }: Keystead): Promise<readonly string[]> =>
    [
      ...(await connection()
        .reader()
        .tagsOf(bearers(emulator)[0]?.id ?? '')),
    ].sort();

  test('shows what is attached, and no removal that does not happen', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, api, write, apply, plan } = keystead;
      await write(lakes(lake('one', ', tags: [env:prod]')));
      await apply();
      await consoleOf(emulator, api).tag('one', 'by:hand');
      await write(withTags());
      expect(await tagLines(keystead)).toEqual(['+ "team:a"']);
      // Somebody else's tag is no reason to plan again.
      await apply({ between: () => consoleOf(emulator, api).tag('one', 'more:hands') });
      expect(await tagsNow(keystead)).toEqual(['by:hand', 'env:prod', 'keystead:prod.one', 'more:hands', 'team:a']);
      expect((await plan()).plan.changes).toEqual([]);
    });
  });

  test('with exclusiveTags removes every tag that is neither declared nor a mark', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, api, write, apply, plan } = keystead;
      await write(withTags());
      await apply();
      for (const tag of ['by:hand', 'keystead:other.lake', 'keystead-like'])
        await consoleOf(emulator, api).tag('one', tag);
      await write(withTags(', exclusiveTags: true'));
      expect(await tagLines(keystead)).toEqual(['- "by:hand"  - "keystead-like"']);
      expect(ends(await apply())).toEqual(['deployment.one update done']);
      expect(await tagsNow(keystead)).toEqual(['env:prod', 'keystead:other.lake', 'keystead:prod.one', 'team:a']);
      await write(lakes(lake('one', ', exclusiveTags: true')));
      expect(await tagLines(keystead)).toEqual(['- "env:prod"  - "team:a"']);
      await apply();
      expect(await tagsNow(keystead)).toEqual(['keystead:other.lake', 'keystead:prod.one']);
      expect((await plan()).plan.changes).toEqual([]);
    });
  });

  test('with exclusiveTags is made again when another tag came after it', async () => {
    await withKeystead(async (keystead) => {
      const { emulator, api, write, apply } = keystead;
      await write(withTags());
      await apply();
      await consoleOf(emulator, api).tag('one', 'by:hand');
      await write(withTags(', exclusiveTags: true'));
      const applied = await apply({ between: () => consoleOf(emulator, api).tag('one', 'more:hands') });
      expect(applied.outcomes).toMatchObject([{ is: 'stale' }]);
      expect(await tagsNow(keystead)).toContain('by:hand');
    });
  });
});

/** Takes every mark from what there is. */
async function unmark({ emulator, api }: Keystead): Promise<void> {
  const at = consoleOf(emulator, api);
  for (const { name, marks } of bearers(emulator)) {
    for (const mark of marks) await at.untag(name, `keystead:${mark.replace('/', '.')}`);
  }
}
