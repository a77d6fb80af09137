import { expect, test } from '@jest/globals';
import { resolve } from '../../src/desired/resolve.ts';
import { kinds } from '../../src/kinds/registry.ts';
import { readManifest } from '../../src/manifest/manifest.ts';

const blocks = new Map([...kinds].map(({ block, name }) => [block, name]));

/** A place costs a second reading of its file, several times the first. */
test.each(['examples/01-data-virtualization', 'examples/04-two-stacks/orders.yaml', 'examples/05-key-lifecycle'])(
  '%s is in order, and nobody asks where anything stands',
  async (path) => {
    const variables = { flags: [], files: [], env: {} };
    const { manifest, problems } = await readManifest({ paths: [path], recursive: false, cwd: '.', variables, blocks });
    if (manifest === undefined) throw new Error(`not valid: ${problems[0]?.message}`);
    const declared = manifest.declared.map((resource) => ({
      ...resource,
      at: (pointer: string) => {
        throw new Error(`the place of ${resource.address}${pointer} was asked for`);
      },
    }));
    const resolved = resolve(kinds, { ...manifest, declared, broken: new Set(), complete: true });
    expect(resolved.problems).toEqual([]);
  },
);
