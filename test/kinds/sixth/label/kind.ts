import type { Reader } from '../../../../src/cloud/reader.ts';
import { defineKind } from '../../../../src/kinds/define-kind.ts';
import type { LiveId } from '../../../../src/model/address.ts';
import { isObject } from '../../../../src/model/json.ts';
import { unrelated } from '../../../../src/model/relation.ts';
import type { Desired, Observed } from '../../../../src/model/resource.ts';
import { instanceCrn } from '../../../../src/services/crn-forms.ts';

type Label = { instance: string; text?: string };
interface LiveLabel {
  readonly instance: LiveId;
  readonly text: string;
}

const INSTANCE = '/instance';
const textOf = ({ spec, mark }: Desired<Label>): string => spec.text ?? mark.name;

/** A tag has no id: it is the instance and the text. */
function toObserved(instance: LiveId, text: string): Observed<LiveLabel> {
  const id = `${instance}#${text}`;
  const relations = { ...unrelated, inside: [instance] };
  const life = { is: 'active' } as const;
  return {
    kind: 'label',
    id,
    name: text,
    identity: id,
    marks: [],
    life,
    version: text,
    relations,
    facts: { instance, text },
  };
}

async function labelsOn(read: Reader, instance: LiveId): Promise<readonly Observed<LiveLabel>[]> {
  return (await read.tagsOf(instance)).flatMap((tag) =>
    tag.startsWith('keystead:') ? [] : [toObserved(instance, tag)],
  );
}

export const label = defineKind<Label, LiveLabel>({
  name: 'label',
  block: 'labels',
  identity: {
    normalize: (written) => ({ ...(isObject(written) ? written : {}), instance: String(written['instance']) }),
    references: ({ instance }) => [
      { pointer: INSTANCE, word: instance, kinds: ['key-protect-instance'], crn: instanceCrn },
    ],
    relations: (_spec, refs) => ({ ...unrelated, inside: [refs[INSTANCE] ?? ''] }),
    of(desired, snapshot) {
      const instance = snapshot.idOf(desired.refs[INSTANCE]);
      return instance && `${instance}#${textOf(desired)}`;
    },
    lookedUpBy: ['instance', 'text'],
  },
  observe: {
    async list(read, asked, snapshot) {
      const instances = new Set(asked.flatMap(({ refs }) => snapshot.idOf(refs[INSTANCE]) ?? []));
      const lists = await Promise.all([...instances].map((instance) => labelsOn(read, instance)));
      return { objects: lists.flat(), uses: [] };
    },
    reread: async (read, { id, facts }) => (await labelsOn(read, facts.instance)).find((one) => one.id === id),
  },
  fields: {
    instance: {
      leads: 'refuse',
      why: 'a tag does not move',
      want: ({ refs }, snapshot) => snapshot.idOrPending(refs[INSTANCE] ?? ''),
      have: ({ facts }) => facts.instance,
      written: (instance, writer) => writer.refer(INSTANCE, instance),
    },
    text: {
      leads: 'refuse',
      why: 'a tag is its text',
      have: ({ facts }) => facts.text,
      initial: ({ mark }) => mark.name,
    },
  },
  ownership: { marks: 'none' },
  toManifest: {
    tombstone: ({ facts }, refer) => ({ instance: refer(facts.instance) ?? facts.instance }),
    survey: async (read, place) => ({
      objects: place.is === 'instance' ? await labelsOn(read, place.id) : [],
      uses: [],
    }),
  },
  actions: {
    async create({ cloud, resolve }, { desired }) {
      const instance = resolve(desired.refs[INSTANCE] ?? '');
      await cloud.attachTags(instance, [textOf(desired)]);
      return toObserved(instance, textOf(desired));
    },
    delete: async ({ cloud }, { live }) => await cloud.detachTags(live.facts.instance, [live.facts.text]),
  },
});
