import type { Call } from '../../cloud/api.ts';
import { POLICIES, RESOURCES, SEARCH } from '../calls.ts';
import { type ProbeContext, shown } from '../context.ts';
import { type Probe, verdict } from '../probe.ts';

/** One more than the largest page, where one is known; of instances more than is published. */
const POLICIES_PAGE = 101;
const INSTANCES_PAGE = 201;
const SEARCH_PAGE = 1001;

export const pageSizes: Probe<ProbeContext> = {
  probe: 'page-sizes',
  asks: 'What does a list answer when a larger page is asked for than it allows?',
  assumes: 'policies 400 (101), instances 200 with a shorter page (201), search 400 (1001)',
  otherwise: 'nothing breaks: Keystead asks for smaller pages',
  source: "no largest page is published; IBM's own tests pass 100, 200 and 1000",
  async look({ raw, subjects: { account } }) {
    const policies: Call = {
      operation: 'list authorizations',
      path: '/v2/policies',
      query: { account_id: account, type: 'authorization', limit: POLICIES_PAGE },
    };
    const instances: Call = {
      operation: 'list instances',
      path: '/v2/resource_instances',
      query: { limit: INSTANCES_PAGE },
    };
    const search: Call = {
      operation: 'search',
      method: 'POST',
      path: '/v3/resources/search',
      query: { account_id: account, limit: SEARCH_PAGE },
      body: { query: 'family:resource_controller', fields: ['crn'] },
      reads: true,
      idempotent: true,
    };
    const answers = await Promise.all([
      raw.ask(POLICIES, policies),
      raw.ask(RESOURCES, instances),
      raw.ask(SEARCH, search),
    ]);
    const words = ['policies', 'instances', 'search'];
    const text = answers.map((answer, at) => `${words[at]} ${shown(answer)}`).join(', ');
    return verdict(answers.map(({ status }) => status).join() === '400,200,400', text);
  },
};
