import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { kinds } from '../src/kinds/registry.ts';
import { services } from '../src/services/table.ts';
import { literalsIn } from './helpers/literals.ts';

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.gen.ts'))
  .sort();

const imports: readonly Import[] = files.flatMap((file) => {
  const text = readFileSync(join('src', file), 'utf8');
  const found = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'/gm),
    ...[...text.matchAll(/()import\('(\.[^']+)'\)/g)],
  ];
  return found.map((match) => ({
    from: file,
    to: relative('src', join('src', dirname(file), match[2] ?? '')),
    typeOnly: match[1] !== undefined && match[1] !== '',
    lazy: match[0].startsWith('import('),
  }));
});

const isIn = (file: string, ...places: readonly string[]): boolean =>
  places.some((place) => file === place || file.startsWith(`${place}/`));

/** Who may import whom: folder → what it may import, and what it may import types of. The first row that fits counts. */
const table: readonly {
  readonly folder: string;
  readonly may: readonly string[];
  readonly types?: readonly string[];
}[] = [
  { folder: 'model', may: ['model'] },
  { folder: 'services', may: ['model', 'services'] },
  { folder: 'rules', may: ['model', 'services', 'rules'] },
  { folder: 'kinds/registry.ts', may: ['kinds'] },
  { folder: 'kinds', may: ['model', 'services', 'kinds'], types: ['cloud'] },
  { folder: 'decide', may: ['model', 'kinds', 'rules', 'services', 'decide'] },
  { folder: 'manifest', may: ['model', 'kinds', 'rules', 'services', 'manifest'] },
  { folder: 'desired', may: ['model', 'kinds', 'rules', 'services', 'desired'] },
  { folder: 'plan', may: ['model', 'decide', 'kinds', 'rules', 'services', 'plan'] },
  { folder: 'report', may: ['model', 'kinds', 'rules', 'services', 'report'] },
  { folder: 'observe', may: ['model', 'decide', 'kinds', 'rules', 'services', 'observe'], types: ['cloud'] },
  { folder: 'apply', may: ['model', 'decide', 'kinds', 'rules', 'services', 'apply'], types: ['cloud'] },
  {
    folder: 'cloud',
    may: ['cloud', 'model/errors.ts', 'model/crn.ts', 'model/json.ts', 'log.ts', '../package.json'],
  },
  { folder: 'log.ts', may: [] },
  { folder: 'emulator', may: ['emulator'] },
  {
    folder: 'pipeline.ts',
    may: ['model', 'kinds/registry.ts', 'manifest', 'desired', 'observe', 'plan', 'apply'],
    types: ['cloud', 'kinds'],
  },
  { folder: 'doctor', may: ['model', 'kinds', 'services', 'doctor'], types: ['cloud'] },
  { folder: 'export', may: ['model', 'kinds', 'rules', 'services', 'export'] },
  {
    folder: 'pipeline-export.ts',
    may: ['model', 'decide', 'manifest', 'desired', 'observe', 'plan', 'export'],
    types: ['cloud', 'kinds'],
  },
  { folder: 'cli/own-emulator.ts', may: ['model', 'emulator'] },
  {
    folder: 'cli',
    may: [
      'cli',
      'model',
      'pipeline.ts',
      'pipeline-export.ts',
      'report',
      'doctor',
      'cloud',
      'log.ts',
      '../package.json',
    ],
  },
];

const rowOf = (file: string) => table.find(({ folder }) => isIn(file, folder));

describe('the import table', () => {
  test('has a row for every file', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
    expect(files.filter((file) => rowOf(file) === undefined)).toEqual([]);
  });

  test('is kept by every import', () => {
    const broken = imports.filter(({ from, to, typeOnly }) => {
      const row = rowOf(from);
      return !isIn(to, ...(row?.may ?? [])) && !(typeOnly && isIn(to, ...(row?.types ?? [])));
    });
    expect(broken).toEqual([]);
  });

  test('knows an API of the cloud by its folder and its line in the list', () => {
    const folders = files.flatMap((file) => /^(cloud\/[^/]+)\/calls\.ts$/.exec(file)?.[1] ?? []);
    expect(folders.length).toBeGreaterThan(5);
    const list = imports.filter(({ from, to }) => from === 'cloud/apis.ts' && to.endsWith('/calls.ts'));
    expect(list.map(({ to }) => dirname(to)).sort()).toEqual(folders.sort());
    const broken = imports.filter(
      ({ from, to }) =>
        isIn(from, 'cloud') &&
        from !== 'cloud/apis.ts' &&
        folders.some((folder) => isIn(to, folder) && !isIn(from, folder)),
    );
    expect(broken).toEqual([]);
  });

  test('lets no kind import another kind', () => {
    const kindOf = (file: string) => /^kinds\/([^/]+)\//.exec(file)?.[1];
    const broken = imports.filter(({ from, to }) => {
      const [own, other] = [kindOf(from), kindOf(to)];
      return own !== undefined && other !== undefined && other !== own && other !== 'instance';
    });
    expect(broken).toEqual([]);
  });

  test('loads the emulator and every command lazily', () => {
    const broken = imports.filter(
      ({ from, to, typeOnly, lazy }) => isIn(to, 'emulator') && !isIn(from, 'emulator') && !typeOnly && !lazy,
    );
    expect(broken).toEqual([]);
    const main = imports.filter(
      ({ from, to, lazy }) => isIn(from, 'cli/main.ts', 'cli/program.ts') && isIn(to, 'cli/commands') && !lazy,
    );
    expect(main).toEqual([]);
  });

  test('keeps files, requests and logs out of the pure stages', () => {
    const pure = files.filter((file) =>
      isIn(file, 'model', 'services', 'rules', 'kinds', 'decide', 'desired', 'plan', 'export', 'report'),
    );
    const broken = pure.filter((file) =>
      /from '(got|pino|node:(fs|http|https|net))/.test(readFileSync(join('src', file), 'utf8')),
    );
    expect(broken).toEqual([]);
  });
});

describe('the emulator', () => {
  const own = imports.filter(({ from }) => isIn(from, 'emulator'));
  const apiOf = (file: string) => /^emulator\/apis\/([^/]+)\//.exec(file)?.[1];

  test('has a core that knows no API and no service', () => {
    const broken = own.filter(({ from, to }) => isIn(from, 'emulator/core') && !isIn(to, 'emulator/core'));
    expect(broken).toEqual([]);
  });

  test('has APIs that know the core alone: neither each other nor the services', () => {
    const broken = own.filter(({ from, to }) => {
      const api = apiOf(from);
      const plays = api === 'control' && isIn(to, 'emulator/services');
      return api !== undefined && !isIn(to, 'emulator/core', `emulator/apis/${api}`) && !plays;
    });
    expect(new Set(own.map(({ from }) => apiOf(from))).size).toBeGreaterThan(9);
    expect(broken).toEqual([]);
  });
});

/** Sets of files that reach each other, types included (Tarjan). */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[] = [];
  const visit = (file: string): number => {
    const index = low.size;
    low.set(file, index);
    const height = stack.push(file) - 1;
    let least = index;
    for (const next of graph.get(file) ?? []) {
      if (!low.has(next)) least = Math.min(least, visit(next));
      else if (stack.includes(next)) least = Math.min(least, low.get(next) ?? least);
    }
    low.set(file, least);
    if (least === index) {
      const circle = stack.splice(height);
      if (circle.length > 1) circles.push(circle.sort().join(' '));
    }
    return least;
  };
  for (const file of graph.keys()) if (!low.has(file)) visit(file);
  return circles.sort();
}

describe('the indexes', () => {
  test('are what answers "which": nothing searches what is declared, live or planned', () => {
    const searching = files
      .filter((file) => !isIn(file, 'model', 'report', 'emulator', 'cloud'))
      .flatMap((file) => {
        const found = readFileSync(join('src', file), 'utf8').matchAll(
          /\b(?:desired|objects|kinds|uses|all\(\)\])\s*\.(?:find|findLast|findIndex|indexOf|includes|some|every|filter)\(|\b(?:plan|input)\.(?:changes|desired)\s*\.(?:find|findIndex|some)\(/g,
        );
        return [...found].map(([text]) => `${file}: ${text}`);
      });
    expect(searching).toEqual([]);
  });
});

describe('circles', () => {
  test('there are none among the files, types included', () => {
    const graph = new Map(
      files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)] as const),
    );
    expect(circlesIn(graph)).toEqual([]);
  });

  test('are found, however many files they have, and each once', () => {
    const graph = new Map([
      ['a', ['b', 'e']],
      ['b', ['c']],
      ['c', ['a', 'd']],
      ['d', ['e']],
      ['e', ['d']],
      ['f', ['a']],
    ]);
    expect(circlesIn(graph)).toEqual(['a b c', 'd e']);
  });
});

describe('stages', () => {
  const stages = files.filter((file) => isIn(file, 'decide', 'plan', 'apply', 'rules', 'observe', 'export', 'report'));

  test('import no kind', () => {
    const broken = imports.filter(({ from, to }) => stages.includes(from) && /^kinds\/[^/]+\//.test(to));
    expect(broken).toEqual([]);
  });
});

describe('names of kinds, blocks and services', () => {
  const names = [...kinds].map(({ name }) => name).join('|');
  const blocks = [...kinds].map(({ block }) => block).join('|');
  const ids = [...services.map(({ service }) => service), 'kms'].join('|');
  /** A name or a block as it is; the beginning of an address or of a block; a service's id anywhere. */
  const telling = new RegExp(
    `^(?:${names}|${blocks})$|(?<![\\w-])(?:(?:${names})\\.(?=\\w|…)|(?:${names}|${blocks}):|(?:${ids})(?![\\w-]))`,
  );

  /** What looks like one and is not, with what it is. */
  const innocent: Readonly<Record<string, RegExp>> = {
    'a key of YAML': /^manifest\/.*: (?:key|YAML 1\.2 has no merge keys: .*|a second "key: value" .*)$/,
    'the type of a policy in IAM': /^doctor\/(?:throwaway\/policies|probes\/page-sizes)\.ts: authorization$/,
    'a header of HTTP': /^log\.ts: authorization$/,
    'the end of a clause': /^model\/problem-codes\.ts: .* standard key: they rotate/,
  };
  test('stand in no string outside of kinds, cloud, services and the demo', () => {
    const outside = files.filter((file) => !isIn(file, 'kinds', 'cloud', 'services', 'emulator', 'cli/demo'));
    const named = outside.flatMap((file) =>
      literalsIn(readFileSync(join('src', file), 'utf8'))
        .filter((literal) => telling.test(literal))
        .map((literal) => `${file}: ${literal}`),
    );
    expect(outside.length).toBeGreaterThan(100);
    expect(named.filter((one) => !Object.values(innocent).some((innocence) => innocence.test(one)))).toEqual([]);
  });

  test('are found in what is code: not in comments, paths or regular expressions', () => {
    const source = [
      "import { key } from './key.ts'; // 'key'",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a source
      "/* 'key' */ const a = /['\"`]key/.test('ring') ? \"it's\" : `a ${b ? `key.${c}` : { d: '}' }} e`;",
      "const f = await import('./key.ts'), g = 'h\\'key.i';",
    ];
    expect(literalsIn(source.join('\n'))).toEqual(['ring', "it's", 'key.…', '}', 'a … e', "h\\'key.i"]);
  });
});
