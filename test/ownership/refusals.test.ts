import { describe, expect, test } from '@jest/globals';
import { renderProblems } from '../../src/report/problems.ts';
import { liveWorld } from '../helpers/console.ts';
import { expectGolden } from '../helpers/golden.ts';
import { type Keystead, withKeystead } from '../helpers/keystead.ts';
import { lakehouse } from '../helpers/manifests.ts';
import { bearers, describePolicy } from '../helpers/marks.ts';
import { normal } from '../helpers/normal.ts';
import { account, authorize, authorizeNeighbor, createInstance, createVault, text } from '../helpers/platform.ts';
import { linesOf } from '../helpers/stacks.ts';

const head = `apiVersion: keystead/v1\nstack: prod\naccount: ${account}\ndefaults: { region: us-south }\n`;
const vault = 'keyProtectInstances:\n  vault: {}\n';

/** What a plan or a problem prints between backticks after this word, its line breaks undone. */
function printed(report: string, word: string): readonly string[] {
  const flat = report.replaceAll(/\s*\n\s+/g, ' ');
  return [...flat.matchAll(new RegExp(`\`(${word}:? [^\`]+)\``, 'g'))].map(([, found = '']) => found);
}

/** Applies, and holds that there is nothing left to do and that nothing was made. */
async function settles(keystead: Keystead, manifest: string, allow: readonly string[] = []): Promise<void> {
  const before = bearers(keystead.emulator).map(({ id }) => id);
  await keystead.write(manifest);
  await keystead.apply({ allow });
  expect(await linesOf(keystead)).toEqual([]);
  expect(bearers(keystead.emulator).map(({ id }) => id)).toEqual(before);
}

async function problemsOf(keystead: Keystead, manifest: string): Promise<string> {
  await keystead.write(manifest);
  const { problems, sources } = await keystead.validate();
  return renderProblems(problems, sources, { color: false, width: 100 });
}

describe('what a rename cannot tell is refused, and the remedy that is printed lifts it', () => {
  test('two objects that bear former marks: pin the one that is meant', async () => {
    await withKeystead(async (keystead) => {
      const keys = (text: string) => `${head}${vault}keys:\n${text}`;
      await keystead.write(keys('  one: { instance: vault }\n  two: { instance: vault }\n'));
      await keystead.apply();
      const renamed = (pin = '') => keys(`  three: { instance: vault, formerly: [one, two]${pin} }\n`);
      await keystead.write(renamed());
      const refused = await keystead.planText();
      expectGolden('renames/two-former', normal(refused));
      const [pin = ''] = printed(refused, 'crn');
      await settles(keystead, renamed(`, ${pin}`));
      expect(bearers(keystead.emulator).flatMap(({ marks }) => marks)).toContain('prod/three');
      // The other one is nobody's now, and is shown as that.
      expect((await keystead.plan()).plan.orphans).toHaveLength(1);
    });
  });

  test('a new map key that does not say what it was called before: the former one', async () => {
    await withKeystead(async (keystead) => {
      const keys = (name: string, more = '') =>
        `${head}${vault}keys:\n  ${name}: { instance: vault, name: root${more} }\n`;
      await keystead.write(keys('one'));
      await keystead.apply();
      await keystead.write(keys('two'));
      const refused = await keystead.planText();
      expectGolden('renames/not-told', normal(refused));
      const [former = ''] = printed(refused, 'formerly');
      await settles(keystead, keys('two', `, ${former}`));
      expect(bearers(keystead.emulator).flatMap(({ marks }) => marks)).toContain('prod/two');
    });
  });

  test('two objects that bear the mark: the pin decides, and the other is shown', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(head + vault);
      await keystead.apply();
      const twin = await createVault(keystead.api, 'vault');
      const body = { resources: [{ resource_id: twin.crn }], tag_names: ['keystead:prod.vault'] };
      // Tagging knows it by then, and the search what was tagged.
      keystead.emulator.clock.advance(60_000);
      await keystead.api('POST', '/v3/tags/attach?tag_type=user', { body });
      keystead.emulator.clock.advance(60_000);
      const refused = await keystead.planText();
      expectGolden('renames/two-marked', normal(refused));
      const [pin = ''] = printed(refused, 'crn');
      await settles(keystead, `${head}keyProtectInstances:\n  vault:\n    ${pin}\n`);
      expect(normal(await keystead.planText())).toContain(
        'carries the mark of key-protect-instance.vault too, which is another object',
      );
    });
  });

  test('a pin on one object and the mark on another: pin the marked one', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(head + vault);
      await keystead.apply();
      const other = await createVault(keystead.api, 'other');
      const pinned = (pin: string) => `${head}keyProtectInstances:\n  vault:\n    ${pin}\n`;
      await keystead.write(pinned(`crn: "${other.crn}"`));
      const refused = await keystead.planText();
      expectGolden('renames/pin-and-mark', normal(refused));
      const [pin = ''] = printed(refused, 'crn');
      await settles(keystead, pinned(pin));
    });
  });

  test('the same name in another group: that group, or a pin', async () => {
    await withKeystead(async (keystead) => {
      await keystead.api('POST', '/v2/resource_groups', { body: { name: 'team', account_id: account } });
      const { body } = await keystead.api('GET', `/v2/resource_groups?account_id=${account}&name=team`);
      const group = text(body, 'resources', 0, 'id');
      const made = { name: 'vault', resource_plan_id: 'eedd3585-90c6-4c8f-be3d-062069e99fc3', resource_group: group };
      await createInstance(keystead.api, made);
      // Longer ago than an hour: nobody takes it for one of ours that lost its mark.
      keystead.emulator.clock.advance(7_200_000);
      await keystead.write(head + vault);
      const refused = await keystead.planText();
      expectGolden('renames/another-group', normal(refused));
      expect(await linesOf(keystead)).toEqual(['key-protect-instance.vault create IN_ANOTHER_GROUP']);
      const block = (line: string) => `${head}keyProtectInstances:\n  vault:\n    ${line}\n`;
      const [pin = ''] = printed(refused, 'crn');
      const [place = ''] = printed(refused, 'resourceGroup');
      await keystead.write(block(pin));
      expect(await linesOf(keystead)).toEqual(['key-protect-instance.vault adopt UNMARKED']);
      await settles(keystead, block(place), ['adopt']);
      await settles(keystead, block(pin));
    });
  });

  test('a name that another instance bears: the live one, or a free one', async () => {
    await withKeystead(async (keystead) => {
      const named = (more: string) => `${head}keyProtectInstances:\n  vault: { ${more} }\n`;
      await keystead.write(head + vault);
      await keystead.apply();
      await createVault(keystead.api, 'safe');
      await keystead.write(named('name: safe, tags: [team]'));
      const refused = await keystead.planText();
      expectGolden('renames/name-taken', normal(refused));
      // Whatever else is declared is done.
      const { outcomes } = await keystead.apply();
      expect(outcomes.map(({ verb, is }) => `${verb} ${is}`)).toEqual(['update done']);
      expect(await linesOf(keystead)).toEqual(['key-protect-instance.vault update NAME_TAKEN']);
      const [name = ''] = printed(refused, 'name');
      await settles(keystead, named(name));
      await settles(keystead, named('name: free'));
    });
  });

  test('a name that another one moves on from is free in the next run', async () => {
    await withKeystead(async (keystead) => {
      const two = (one: string, other: string) =>
        `${head}keyProtectInstances:\n  one: { name: ${one} }\n  two: { name: ${other} }\n`;
      await keystead.write(two('a', 'b'));
      await keystead.apply();
      await keystead.write(two('b', 'c'));
      expect(await linesOf(keystead)).toEqual([
        'key-protect-instance.one update NAME_TAKEN',
        'key-protect-instance.two update ready',
      ]);
      await keystead.apply();
      await settles(keystead, two('b', 'c'));
      expect(bearers(keystead.emulator).map(({ name, marks: [mark] }) => `${mark} ${name}`)).toEqual(
        expect.arrayContaining(['prod/one b', 'prod/two c']),
      );
    });
  });

  test('a name that another deployment is given after it was planned: the run is stale, and the next plan says why', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(
        lakehouse.replace('  lakehouse:\n    service', '  lakehouse:\n    name: house\n    service'),
      );
      expect(await linesOf(keystead)).toEqual(['deployment.lakehouse update ready']);
      const { outcomes } = await keystead.apply({ between: () => createInstance(keystead.api, { name: 'house' }) });
      expect(outcomes).toMatchObject([{ address: 'deployment.lakehouse', is: 'stale' }]);
      expect(await linesOf(keystead)).toEqual(['deployment.lakehouse update NAME_TAKEN']);
      const names = bearers(keystead.emulator).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['house', 'lakehouse']));
    });
  });

  test('a description without room for a longer mark: shortened by what the plan says', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const policy = bearers(keystead.emulator).find(({ name }) => name === 'policy');
      await describePolicy(keystead.api, policy?.id ?? '', `${'x'.repeat(268)} [keystead:prod/dv-reads-vault]`);
      const long = 'data-virtualization-reads-the-vault-of-lakes';
      const renamed = lakehouse.replace('  dv-reads-vault:\n', `  ${long}:\n    formerly: [dv-reads-vault]\n`);
      await keystead.write(renamed);
      const refused = await keystead.planText();
      expectGolden('renames/description-full', normal(refused));
      const [, room = ''] = /to\s+(\d+)\s+characters/.exec(refused) ?? [];
      await describePolicy(
        keystead.api,
        policy?.id ?? '',
        `${'x'.repeat(Number(room))} [keystead:prod/dv-reads-vault]`,
      );
      await settles(keystead, renamed);
    });
  });

  test('a tombstone under a new map key: the name that is live, or what it was called before', async () => {
    await withKeystead(async (keystead) => {
      await authorizeNeighbor(keystead.api);
      await keystead.write(`${head}${vault}keys:\n  one: { instance: vault }\n`);
      await keystead.apply();
      await settles(keystead, `${head}${vault}keys:\n  two: { instance: vault, formerly: [one] }\n`);
      const tombstone = (more: string) => `${head}${vault}keys:\n  two: { instance: vault, state: absent${more} }\n`;
      await keystead.write(tombstone(''));
      const refused = await keystead.planText();
      expectGolden('renames/tombstone', normal(refused));
      const [name = ''] = printed(refused, 'name');
      for (const more of [`, ${name}`, ', formerly: [one]']) {
        await keystead.write(tombstone(more));
        expect(await linesOf(keystead)).toEqual(['key.two delete ready']);
      }
    });
  });

  test('former names that are still declared, claimed twice, or of what bears no mark: told offline', async () => {
    await withKeystead(async (keystead) => {
      const faulty = [
        'apiVersion: keystead/v1',
        'stack: prod',
        'formerStack: prod',
        `account: ${account}`,
        'defaults: { region: us-south }',
        'keyProtectInstances:',
        '  vault: { existing: true, formerly: [safe] }',
        'keys:',
        '  aa: { instance: vault, formerly: [aa] }',
        '  bb: { instance: vault, formerly: [aa] }',
        '  cc: { instance: vault, formerly: [old] }',
        '  dd: { instance: vault, formerly: [old] }',
        '',
      ].join('\n');
      expectGolden('renames/former-names', await problemsOf(keystead, faulty));
      const mended = faulty
        .replace('formerStack: prod\n', '')
        .replace('existing: true, formerly: [safe]', 'existing: true')
        .replaceAll(', formerly: [aa]', '')
        .replace('dd: { instance: vault, formerly: [old] }', 'dd: { instance: vault }');
      expect(await problemsOf(keystead, mended)).toBe('');
    });
  });
});

describe('a pin', () => {
  test('names one live object of any kind that bears marks', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      const { snapshot } = await keystead.plan();
      const idOf = (kind: string) => [...snapshot.live.all()].find((object) => object.kind === kind)?.id ?? '';
      const pinned = lakehouse
        .replace('  vault: {}', `  vault:\n    crn: "${idOf('key-protect-instance')}"`)
        .replace('  dv-root:\n', `  dv-root:\n    crn: "${idOf('key')}"\n`)
        .replace(
          '  dv-reads-vault:\n',
          `  dv-reads-vault:\n    policyId: ${idOf('authorization').slice('policy:'.length)}\n`,
        )
        .replace('    service: data', `    crn: "${idOf('deployment')}"\n    service: data`);
      await keystead.write(pinned);
      expect(await linesOf(keystead)).toEqual([]);
    });
  });

  test('is asked for itself where no list shows it: here, as it is of another service', async () => {
    await withKeystead(async (keystead) => {
      const { body } = await createInstance(keystead.api, { name: 'lake' });
      const declared = (crn: string) =>
        `${head}deployments:\n  base: { service: databases-for-postgresql, plan: standard, crn: "${crn}" }\n`;
      const crn = text(body, 'crn');
      await keystead.write(declared(crn));
      expect(await linesOf(keystead)).toEqual(['deployment.base adopt UNMARKED']);
      await keystead.write(declared(crn.replace('data-virtualization', 'databases-for-postgresql').slice(0, -5)));
      expect(await linesOf(keystead)).toEqual(['deployment.base create NOT_FOUND']);
    });
  });
});

describe('a tombstone of what stays', () => {
  const later = (manifest: string) =>
    manifest
      .replace('  dv-root:\n', '  root:\n    name: dv-root\n')
      .replace('key: dv-root', 'key: root')
      .replace('  lakehouse:\n    service', '  house:\n    name: lakehouse\n    service')
      .replace('  dv-reads-vault:\n', '  reads:\n');
  const tombs = later(lakehouse)
    .replace('keys:\n', 'keys:\n  dv-root: { instance: vault, state: absent }\n')
    .replace(
      'deployments:\n',
      'deployments:\n  lakehouse: { service: data-virtualization, plan: enterprise, state: absent }\n',
    )
    .replace(
      'authorizations:\n',
      'authorizations:\n  dv-reads-vault: { source: data-virtualization, target: vault, roles: [Reader], state: absent }\n',
    );

  test('under another map key ends nothing: the former name takes its place', async () => {
    await withKeystead(async (keystead) => {
      await keystead.write(lakehouse);
      await keystead.apply();
      await keystead.write(tombs);
      const refused = await keystead.planText();
      expectGolden('renames/tombstone-of-what-stays', normal(refused));
      const applied = await keystead.apply();
      expect(applied.outcomes).toEqual([]);
      const live = liveWorld(keystead.emulator);
      expect(live.keys.map(({ state }) => state)).toEqual([1]);
      expect(live.instances.map(({ state }) => state)).toEqual(['active', 'active']);
      expect(live.policies).toHaveLength(1);

      const formers = new Map(
        [...refused.replaceAll(/\s*\n\s+/g, ' ').matchAll(/`(formerly: \[[a-z-]+\])` to (\S+) if/g)].map(
          ([, line = '', address = '']) => [address.split('.')[1] ?? '', line] as const,
        ),
      );
      const pasted = [...formers].reduce(
        (text, [name, line]) => text.replace(`  ${name}:\n`, `  ${name}:\n    ${line}\n`),
        later(lakehouse),
      );
      await settles(keystead, pasted);
    });
  });

  test('by what only looks it up ends nothing either', async () => {
    await withKeystead(async (keystead) => {
      const keys = (text: string) => `${head}${vault}keys:\n${text}`;
      await keystead.write(keys('  one: { instance: vault }\n'));
      await keystead.apply();
      await keystead.write(
        keys('  one: { instance: vault, state: absent }\n  two: { instance: vault, name: one, existing: true }\n'),
      );
      expect(await linesOf(keystead)).toEqual(['key.one delete DUPLICATE_IDENTITY']);
    });
  });

  test('by the one authorization that meets an `existing` one ends nothing, unless another meets it as well', async () => {
    await withKeystead(async (keystead) => {
      const declared = (wide: string, more: string) =>
        `${head}${vault}keys:\n  root: { instance: vault }\nauthorizations:\n  wide: { source: data-virtualization, target: vault, roles: [Reader]${wide} }\n  narrow: { source: data-virtualization, target: { key: root }, roles: [Reader]${more} }\n`;
      await keystead.write(declared('', ', existing: true'));
      await keystead.apply();
      await keystead.write(declared(', state: absent', ', existing: true'));
      expect(await linesOf(keystead)).toEqual(['authorization.wide delete DUPLICATE_IDENTITY']);
      await authorize(keystead.api);
      expect(await linesOf(keystead)).toEqual(['authorization.wide delete ready']);
    });
  });

  test('of what a pin names and another block or stack owns is not said to be done', async () => {
    await withKeystead(async (keystead) => {
      const keys = (text: string) => `${head}${vault}keys:\n${text}`;
      await keystead.write(keys('  one: { instance: vault }\n'));
      await keystead.apply();
      const crn = liveWorld(keystead.emulator).keys[0]?.crn ?? '';
      await keystead.write(keys(`  two: { instance: vault, name: one, crn: "${crn}", state: absent }\n`));
      expectGolden('renames/tombstone-of-another', normal(await keystead.planText()));
      expect(await linesOf(keystead)).toEqual(['key.two delete FOREIGN_MARK']);
    });
  });
});
