import { EmulatorError } from './emulator-error.ts';
import { type FaultRule, readFaultRule } from './faults.ts';
import { readYaml } from './yaml.ts';

const remedy = 'Write a list of rules such as {"match": {"path": "policies", "chance": 0.1}, "status": 503}.';

/**
 * Reads a fault rule or a list of them, YAML or JSON.
 * @param name what the text is called in messages
 * @throws EmulatorError for what is no rule, each with its line and column
 */
export function readFaults(text: string, name: string): readonly FaultRule[] {
  const { value, at } = readYaml(text, name, remedy);
  const isList = Array.isArray(value);
  const rules = [value ?? []].flat().map(readFaultRule);
  const wrong = rules.flatMap((rule, index) =>
    typeof rule === 'string' ? [`${at(isList ? `/${index}` : '')}: ${rule}.`] : [],
  );
  if (wrong.length > 0) throw new EmulatorError(wrong.join('\n'), remedy);
  return rules.filter((rule) => typeof rule !== 'string');
}
