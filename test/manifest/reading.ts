import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ManifestInput, type Reading, readManifest } from '../../src/manifest/manifest.ts';
// biome-ignore lint/correctness/useImportExtensions: the module is generated, its types are beside it; Biome would name those
import { validateManifest } from '../../src/manifest/validators.gen.mjs';
import type { Problem } from '../../src/model/errors.ts';

/** As the registry of kinds has them. */
const blocks: ReadonlyMap<string, string> = new Map([
  ['keyProtectInstances', 'key-protect-instance'],
  ['keyRings', 'key-ring'],
  ['keys', 'key'],
  ['authorizations', 'authorization'],
  ['deployments', 'deployment'],
]);

/** What every manifest needs; three lines. */
export const head = 'apiVersion: keystead/v1\nstack: prod\naccount: 0123456789abcdef0123456789abcdef\n';

type Options = Partial<Omit<ManifestInput, 'cwd' | 'blocks' | 'validator'>> & {
  /** Called in the folder after the files were written. */
  readonly prepare?: (folder: string) => void;
};

/** Writes files into a folder of their own and reads that folder, or the paths given. */
export async function readTexts(
  files: Readonly<Record<string, string | Buffer>>,
  options: Options = {},
): Promise<Reading> {
  const folder = mkdtempSync(join(tmpdir(), 'keystead-manifest-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    options.prepare?.(folder);
    return await readManifest({
      paths: options.paths ?? ['.'],
      recursive: options.recursive ?? false,
      cwd: folder,
      variables: options.variables ?? { flags: [], files: [], env: {} },
      blocks,
      validator: validateManifest,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `CODE file:line:column-endColumn message`, as short as a table wants it. */
export function told({ code, at, message }: Problem): string {
  return `${code} ${at === undefined ? '-' : `${at.file}:${at.line}:${at.column}-${at.endColumn}`} ${message}`;
}
