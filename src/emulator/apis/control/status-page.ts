import { isObject } from '../../core/json.ts';
import type { Parts } from '../../core/server.ts';

/** Source: terraform-provider-ibm, ibm/conns/config.go. */
const warning =
  'Give clients no real API key. In Terraform visibility = "private" (or "public-and-private") in a provider block overrides ' +
  'IBMCLOUD_IAM_API_ENDPOINT, and ibm_kp_key always logs in at iam.cloud.ibm.com: a real key would leave this machine.';

/** So many lines of what happened last. */
const shown = 30;

/**
 * `GET /`: what there is and what happened, for a browser: objects, requests, events, clock. Plain, without a script; it
 * shows what the control calls show, so no secrets.
 */
export function statusPage(parts: Parts, url: string): string {
  const { engine, requests, faults } = parts;
  const state = Object.entries(engine.state() ?? {}).sort();
  const last = requests.all().slice(-shown).reverse();
  const events = engine.events().slice(-shown).reverse();
  const settings = Object.entries(engine.settings).map(([name, value]) => [name, asCell(value)]);
  const counts = state.map(([name, records]) => [name, Object.keys(records ?? {}).length]);
  const asked = last.map(({ at, status, method, path, operation }) => [
    at,
    status,
    `${method} ${path}`,
    operation ?? '',
  ]);
  const happened = events.map(({ at, action, target, initiator, outcome }) => [at, action, target, initiator, outcome]);
  const rules = faults.rules().map((rule) => [JSON.stringify(rule)]);
  return page([
    `<p>${asText(url)}, ${asText(engine.now().toISOString())} by its clock. Everything as JSON: ${links()}.</p>`,
    `<p>${asText(warning)}</p>`,
    section('Instances', ['name', 'state', 'service', 'CRN'], instancesOf(state)),
    section('Objects', ['table', 'records'], counts),
    section('Settings', ['setting', 'value'], settings),
    section('Faults in force', ['rule'], rules),
    section(`Last requests of ${requests.all().length}`, ['at', 'status', 'request', 'operation'], asked),
    section(`Last events of ${engine.events().length}`, ['at', 'action', 'target', 'initiator', 'outcome'], happened),
  ]);
}

function asCell(value: unknown): Cell {
  return typeof value === 'number' ? value : JSON.stringify(value);
}

type Cell = string | number;

function instancesOf(state: readonly (readonly [string, unknown])[]): readonly (readonly Cell[])[] {
  const [, records] = state.find(([name]) => name === 'resource-controller/instances') ?? [];
  return Object.values(isObject(records) ? records : {})
    .filter(isObject)
    .map((one) => ['name', 'state', 'serviceName', 'crn'].map((member) => String(one[member])));
}

function links(): string {
  const names = ['clock', 'state', 'requests', 'events', 'settings', 'faults', 'services', 'identities'];
  return names.map((name) => `<a href="/_emulator/${name}">${name}</a>`).join(', ');
}

function section(title: string, heads: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (tag: string, cells: readonly Cell[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${asText(String(cell))}</${tag}>`).join('')}</tr>`;
  const lines = [line('th', heads), ...rows.map((row) => line('td', row))].join('\n');
  return `<h2>${asText(title)}</h2>\n${rows.length === 0 ? '<p>None.</p>' : `<table>\n${lines}\n</table>`}`;
}

function page(sections: readonly string[]): string {
  const style =
    'body{font:14px/1.4 sans-serif;margin:2em}table{border-collapse:collapse}td,th{text-align:left;padding:2px 12px 2px 0;vertical-align:top}';
  const head = `<meta charset="utf-8"><title>Keystead emulator</title><style>${style}</style>`;
  return `<!doctype html>\n<html lang="en"><head>${head}</head><body>\n<h1>Keystead emulator</h1>\n${sections.join('\n')}\n</body></html>\n`;
}

const entities = new Map(Object.entries({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }));

/** Names and paths are whatever a client sent. */
function asText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities.get(character) ?? character);
}
