import { encryptionOf, planWord } from '../../services/table.ts';
import { CATALOG, listIn, textIn } from '../calls.ts';
import type { ProbeContext } from '../context.ts';
import { type Probe, verdict } from '../probe.ts';

export const catalogService: Probe<ProbeContext> = {
  probe: 'catalog-service',
  asks: 'Does the catalog have each service, a plan that takes a key, and only the regions that Keystead knows?',
  assumes: 'yes',
  otherwise:
    '`validate` warns of plans and regions that it does not know; what the catalog has can be used all the same',
  source: 'examples of terraform-provider-ibm (plans, regions); no current page of IBM lists them',
  async look({ reader, raw, subjects: { services } }) {
    const looked = await Promise.all(services.map((service) => lookAt(service, { reader, raw })));
    const odd = looked.flatMap(({ odd }) => odd);
    const details = looked.map(({ text }) => text);
    return odd.length === 0 ? verdict(true, services.join(', '), details) : verdict(false, odd.join('; '), details);
  },
};

async function lookAt(service: string, { reader, raw }: Pick<ProbeContext, 'reader' | 'raw'>) {
  const entry = await reader.catalogService(service);
  if (entry === undefined) {
    const { body } = await raw.ask(CATALOG, { operation: 'find service', path: '', query: { q: service } });
    const other = listIn(body, 'resources').find((one) => one['name'] === service);
    const found =
      other === undefined ? 'not in the catalog' : `in the catalog as a ${textIn(other, 'kind') ?? 'thing'}`;
    return { text: `${service}: ${found}`, odd: [`${service} is ${found}`] };
  }
  const plans = await reader.catalogPlans(entry.id);
  const names = plans.map(({ name }) => name).sort();
  const known = encryptionOf(service);
  const taking = plans.filter(({ name }) => known?.plans.includes(planWord(service, name)) ?? false);
  const regions = new Set((await Promise.all(taking.map(({ id }) => regionsOf(id, raw)))).flat());
  const unknown = [...regions].filter((region) => !(known?.regions.includes(region) ?? true)).sort();
  const text = [
    `${service}: ${entry.kind}, plans ${names.join(', ') || 'none'}`,
    ...(regions.size > 0 ? [`regions ${[...regions].sort().join(', ')}`] : []),
  ].join('; ');
  const odd = [
    ...(known !== undefined && taking.length === 0
      ? [`${service} has none of the plans that are known to take a key`]
      : []),
    ...(unknown.length > 0 ? [`${service} is also offered in ${unknown.join(', ')}`] : []),
  ];
  return { text, odd };
}

async function regionsOf(plan: string, raw: ProbeContext['raw']): Promise<readonly string[]> {
  const path = `/${encodeURIComponent(plan)}/deployment`;
  const { body } = await raw.ask(CATALOG, { operation: 'list regions of a plan', path, query: { _limit: 200 } });
  return listIn(body, 'resources').flatMap((one) => {
    const tags: unknown = one['geo_tags'];
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  });
}
