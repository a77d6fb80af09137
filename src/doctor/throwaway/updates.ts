import { aboutInstance, mapIn, RESOURCES, textIn } from '../calls.ts';
import { shown } from '../context.ts';
import { asAssumed, differs, notReadable, type Probe, verdict } from '../probe.ts';
import { type Bench, wait } from './bench.ts';

const FIRST = { keystead_doctor_first: '1' };
const SECOND = { keystead_doctor_second: '2' };
/** Dates of instances may have whole seconds. */
const A_MOMENT_MS = 2_000;

export const patchEcho: Probe<Bench> = {
  probe: 'patch-echo',
  asks: 'What do the parameters of an instance show after two changes of different parameters?',
  assumes: 'those of the last change only',
  otherwise: 'nothing breaks: each change sends everything that is declared, and a missing member is not compared',
  source: 'IBM Quantum docs on the Resource Controller API; its reference says "the current configuration parameters"',
  async look(bench) {
    for (const parameters of [FIRST, SECOND]) {
      const answer = await patch(bench, parameters);
      if (answer.status >= 300)
        return notReadable(`Key Protect refuses parameters that it does not know: ${shown(answer)}`);
      await wait(bench, A_MOMENT_MS);
    }
    const shownNow = Object.keys(mapIn((await read(bench)).body, 'parameters') ?? {}).sort();
    const has = (given: object) => Object.keys(given).every((name) => shownNow.includes(name));
    if (has(SECOND) && !has(FIRST)) return asAssumed('those of the last change only');
    if (has(SECOND)) return differs('those of both changes');
    return shownNow.length === 0 ? differs('no parameters at all') : differs(`others: ${shownNow.join(', ')}`);
  },
};

export const patchRepeated: Probe<Bench> = {
  probe: 'patch-repeated',
  asks: 'Is a change carried out that repeats the one before?',
  assumes: 'yes: updated_at moves',
  otherwise: 'an update without effect ends as IGNORED_UPDATE, which says what to change by hand',
  source: 'Qiskit/documentation, pull request 5320: an identical request is ignored without a word',
  async look(bench) {
    const first = await patch(bench, SECOND);
    if (first.status >= 300)
      return notReadable(`Key Protect refuses parameters that it does not know: ${shown(first)}`);
    await wait(bench, A_MOMENT_MS);
    const before = textIn((await read(bench)).body, 'updated_at');
    const again = await patch(bench, SECOND);
    await wait(bench, A_MOMENT_MS);
    const after = textIn((await read(bench)).body, 'updated_at');
    if (again.status >= 300) return differs(`it is refused: ${shown(again)}`);
    return verdict(before !== after, before === after ? 'it is accepted and nothing changes' : 'it is carried out');
  },
};

function patch({ raw, vault }: Bench, parameters: Readonly<Record<string, string>>) {
  const call = { operation: 'change parameters', method: 'PATCH', body: { parameters }, idempotent: true } as const;
  return raw.ask(RESOURCES, aboutInstance(vault, call));
}

function read({ raw, vault }: Bench) {
  return raw.ask(RESOURCES, aboutInstance(vault, { operation: 'read instance' }));
}
