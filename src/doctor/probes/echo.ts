import { instanceCrnOf } from '../../model/crn.ts';
import { isObject } from '../../model/json.ts';
import { aboutInstance, mapIn, RESOURCES, textIn } from '../calls.ts';
import { type ProbeContext, shown } from '../context.ts';
import { asAssumed, notReadable, type Probe } from '../probe.ts';

/** Milliseconds between the create and what the service writes at its end. */
const STILL_THE_CREATE = 4 * 3_600_000;

export const echoOfInstance: Probe<ProbeContext> = {
  probe: 'echo-of-instance',
  asks: 'What do the parameters of an instance show after it was changed?',
  assumes: 'the members of the last request only, so its key may be missing',
  otherwise: 'nothing breaks: a missing member is not compared, and registrations tell which key is used',
  source: 'IBM Quantum docs on the Resource Controller API; its reference says "the current configuration parameters"',
  async look({ raw, reader, subjects: { instance, vaults } }) {
    if (instance === undefined) return notReadable('no instance was named: add --instance NAME');
    const answer = await raw.ask(RESOURCES, aboutInstance(instance, { operation: 'read instance' }));
    if (answer.status >= 300) return notReadable(`the instance is refused: ${shown(answer)}`);
    const { body } = answer;
    const parameters = mapIn(body, 'parameters') ?? {};
    const [made, changed] = ['created_at', 'updated_at'].map((member) => textIn(body, member));
    const details = [
      `parameters: ${names(parameters)}`,
      `extensions: ${names(mapIn(body, 'extensions') ?? {})}`,
      `created ${dateOf(made)}, changed ${changed === made ? 'never' : dateOf(changed)}`,
      ...oddIn(parameters),
    ];
    const laterMs = Date.parse(changed ?? '') - Date.parse(made ?? '');
    if (!(laterMs > STILL_THE_CREATE)) return notReadable('it was not changed since it was created', details);
    const lists = await Promise.all(vaults.map(({ crn }) => reader.registrations(crn)));
    const isRegistered = lists.flat().some(({ resourceCrn }) => instanceCrnOf(resourceCrn) === instance.crn);
    const hasKey = Object.values(parameters).some((value) => typeof value === 'string' && /:key:/.test(value));
    if (isRegistered && !hasKey)
      return asAssumed('it is registered on a key, and its parameters do not name it', details);
    // The change may have named no parameters, or all of them: nobody can tell from here.
    return notReadable('its parameters may come from the create or from the change', details);
  },
};

function dateOf(iso: string | undefined): string {
  return iso === undefined ? 'at an unknown time' : `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

/** Names alone: values may be secrets. */
function names(members: object): string {
  return Object.keys(members).sort().join(', ') || 'none';
}

/** Values that mean something else than they say; they are words of IBM's and no secrets. */
function oddIn(parameters: object): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (value === '' || value === 'none') return [`${name} is ${JSON.stringify(value)}: IBM's own key, or nothing`];
    if (typeof value === 'string' && /^\d+ ?(MB|cores)$/.test(value)) return [`${name} is written with its unit`];
    return isObject(value) ? [`${name} is a map of ${names(value)}`] : [];
  });
}
