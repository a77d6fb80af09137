import type { Emulator } from '../../src/emulator/start.ts';
import { isObject } from '../../src/model/json.ts';
import type { Api } from './emulator.ts';
import { at, text } from './platform.ts';

type Row = Readonly<Record<string, unknown>>;

/** One live object as the emulator has it: what it is called, and the marks that are on it. */
export interface Bearer {
  /** CRN, or a policy's id. */
  readonly id: string;
  readonly name: string;
  /** `<stack>/<map key>`, sorted. */
  readonly marks: readonly string[];
}

function rows(emulator: Emulator, table: string): readonly Row[] {
  const found = at(emulator.state(), table);
  return isObject(found) ? Object.values(found).filter(isObject) : [];
}

function words(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function marksAmong(texts: readonly string[], pattern: RegExp): readonly string[] {
  return texts.flatMap((one) => [...one.matchAll(pattern)].map(([, stack, name]) => `${stack}/${name}`)).sort();
}

/** Everything that can bear a mark and is not gone, sorted by its id. */
export function bearers(emulator: Emulator): readonly Bearer[] {
  const tags = new Map(rows(emulator, 'tagging/tags').map((row) => [text(row, 'crn'), words(row['tags'])]));
  const keys = rows(emulator, 'key-protect/keys').map((row) => ({
    id: text(row, 'crn'),
    name: text(row, 'name'),
    marks: marksAmong(words(row['aliases']), /^keystead_([a-z0-9-]+)_([a-z0-9-]+)$/g),
  }));
  const policies = rows(emulator, 'policy/policies')
    .filter((row) => row['state'] === 'active')
    .map((row) => ({
      id: text(row, 'id'),
      name: 'policy',
      marks: marksAmong([String(row['description'] ?? '')], /\[keystead:([a-z0-9-]+)\/([a-z0-9-]+)\]/g),
    }));
  const instances = rows(emulator, 'resource-controller/instances')
    .filter((row) => row['state'] !== 'removed')
    .map((row) => ({
      id: text(row, 'crn'),
      name: text(row, 'name'),
      marks: marksAmong(tags.get(text(row, 'crn')) ?? [], /^keystead:([a-z0-9-]+)\.([a-z0-9-]+)$/g),
    }));
  return [...keys, ...policies, ...instances].sort((left, right) => (left.id < right.id ? -1 : 1));
}

/** Takes every mark from one live object, as somebody might at the console. */
export async function takeMarks(api: Api, { id, marks }: Bearer): Promise<void> {
  const parts = marks.map((mark) => mark.split('/'));
  const [vault = '', kind, key] = id.split(':').slice(7);
  if (kind === 'key') {
    for (const [stack, name] of parts) {
      const headers = { 'Bluemix-Instance': vault };
      await api('DELETE', `/api/v2/keys/${key}/aliases/keystead_${stack}_${name}`, { headers });
    }
  } else if (id.startsWith('crn:')) {
    const tags = parts.map(([stack, name]) => `keystead:${stack}.${name}`);
    const body = { resources: [{ resource_id: id }], tag_names: tags };
    await api('POST', '/v3/tags/detach?tag_type=user', { body });
  } else {
    await describePolicy(api, id, '');
  }
}

/** Writes a policy's description, marks and all. */
export async function describePolicy(api: Api, id: string, description: string): Promise<void> {
  const { body, headers } = await api('GET', `/v2/policies/${id}`);
  const [type, subject, resource, control] = ['type', 'subject', 'resource', 'control'].map((name) => at(body, name));
  await api('PUT', `/v2/policies/${id}`, {
    headers: { 'If-Match': headers.get('etag') ?? '' },
    body: { type, subject, resource, control, description },
  });
}
