import {
  type AccessCheck,
  type Diagnosis,
  type EndpointCheck,
  type Finding,
  type LeftBehind,
  resultOf,
} from '../model/diagnosis.ts';
import { assertNever } from '../model/json.ts';
import { type Paint, painter, wrap } from './paint.ts';
import { cells, counted, printable } from './printable.ts';

/** A diagnosis, for people. */
export function renderDiagnosis(diagnosis: Diagnosis, options: { readonly color: boolean }): string {
  const paint = painter(options.color);
  const { endpoints, instances, access, findings, left, leftBefore } = diagnosis;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : [paint('bold', title), ...lines].join('\n');
  const parts = [
    renderHead(diagnosis, paint),
    section('Endpoints', endpointLines(endpoints, paint)),
    section('Roles', [...accessLines(access, paint), ...unreadLines(instances)]),
    section(
      'Probes',
      folded(findings).map((finding) => renderFinding(finding, paint)),
    ),
    section('Not removed: delete these by hand', left.map(leftLine)),
    section('Left by an earlier run: delete these by hand', leftBefore.map(leftLine)),
    paint('bold', summary(diagnosis)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The same for programs. */
export function diagnosisAsJson(diagnosis: Diagnosis): string {
  return `${JSON.stringify({ formatVersion: 1, result: resultOf(diagnosis), ...diagnosis }, null, 2)}\n`;
}

function renderHead({ account, declaredAccount, login }: Diagnosis, paint: Paint): string {
  const lines = [`${paint('bold', 'Account')}  ${printable(account)}`];
  if (declaredAccount !== null && declaredAccount !== account) {
    lines.push(`  ${paint('red', 'differs')}: the manifests belong to account ${printable(declaredAccount)}`);
  }
  return [...lines, `${paint('bold', 'Login')}    ${printable(login.iamId)}, ${login.is}`].join('\n');
}

function endpointLines(endpoints: readonly EndpointCheck[], paint: Paint): readonly string[] {
  const apis = Math.max(...endpoints.map(({ api }) => cells(api)));
  const urls = Math.max(...endpoints.map(({ url }) => cells(url)));
  return endpoints.map(({ api, url, latencyMs, clockAheadS, error }) => {
    const head = `  ${printable(api).padEnd(apis)}  ${printable(url)}`;
    if (error !== null) return `${head}\n${paint('red', wrap(error, '    '))}`;
    const padding = ' '.repeat(urls - cells(url));
    return `${head}${padding}  ${`${latencyMs ?? '?'} ms`.padStart(8)}  ${clockOf(clockAheadS)}`;
  });
}

/** Answers say whole seconds, so one second says nothing. */
function clockOf(aheadS: number | null): string {
  if (aheadS === null) return 'no date';
  if (Math.abs(aheadS) <= 1) return 'clocks agree';
  return `this clock is ${Math.abs(aheadS)} s ${aheadS > 0 ? 'ahead' : 'behind'}`;
}

function accessLines(access: readonly AccessCheck[], paint: Paint): readonly string[] {
  const told = access.filter(({ is }) => is !== 'allowed').map((check) => accessLine(check, paint));
  const allowed = access.length - told.length;
  const first =
    told.length === 0 ? `  all ${counted(allowed, 'read')} are allowed` : `  ${counted(allowed, 'read')} allowed`;
  return [first, ...told];
}

function accessLine({ read, of, is, neededBy, why, remedy }: AccessCheck, paint: Paint): string {
  const what = `  ${read}${of === null ? '' : ` of "${printable(of)}"`}`;
  const commands = `needed by ${neededBy.join(', ')}`;
  switch (is) {
    case 'allowed':
      return `${what}: allowed`;
    case 'empty':
      return `${what}: ${paint('yellow', 'empty')}; ${commands}\n      a login without the role Viewer sees nothing here either`;
    case 'refused':
    case 'failed': {
      const lines = [`${what}: ${paint('red', is)}; ${commands}`, wrap(why ?? '', '      ')];
      return [...lines, ...(remedy === null ? [] : [wrap(`help: ${remedy}`, '      ')])].join('\n');
    }
    default:
      return assertNever(is);
  }
}

function unreadLines({ read, of }: Diagnosis['instances']): readonly string[] {
  if (read === of) return [];
  return [`  ${read} of ${of} Key Protect instances were read; --instance NAME reads another one`];
}

const SIGNS = { 'as assumed': '=', differs: '!', 'not readable': '?' } as const;
const STYLES = { 'as assumed': 'green', differs: 'red', 'not readable': 'yellow' } as const;

/** Those that are not readable for one reason, one after the other, as one. */
function folded(findings: readonly Finding[]): readonly Finding[] {
  const rows: Finding[] = [];
  for (const finding of findings) {
    const last = rows.at(-1);
    const isSame = last?.is === 'not readable' && finding.is === last.is && finding.text === last.text;
    if (last !== undefined && isSame && finding.details.length === 0 && last.details.length === 0) {
      rows[rows.length - 1] = { ...last, probe: `${last.probe}, ${finding.probe}` };
    } else rows.push(finding);
  }
  return rows;
}

/** Under the verdict, past the longest name of a probe. */
const PROBE = 26;

function renderFinding({ probe, is, text, details, asks, assumes, otherwise }: Finding, paint: Paint): string {
  const indent = ' '.repeat(PROBE + 4);
  const under = (line: string, by = '') => wrap(line, `${indent}${by}`);
  const lines = [
    ...(probe.length < PROBE
      ? [`  ${SIGNS[is]} ${probe.padEnd(PROBE)}${under(`${is}: ${text}`).trimStart()}`]
      : [`  ${SIGNS[is]} ${wrap(probe, '    ').trimStart()}`, under(`${is}: ${text}`)]),
    ...details.map((detail) => under(detail, '  ')),
    ...(is === 'differs'
      ? [`asked: ${asks}`, `assumed: ${assumes}`, `so: ${otherwise}`].map((line) => under(line))
      : []),
  ];
  const [first = '', ...more] = lines.join('\n').split('\n');
  return [paint(STYLES[is], first), ...more].join('\n');
}

function leftLine({ what, id, why }: LeftBehind): string {
  return `  ${what} ${printable(id)}\n${wrap(why, '      ')}`;
}

function summary({ findings, access, endpoints, left, ...rest }: Diagnosis): string {
  const count = (word: Finding['is']) => findings.filter(({ is }) => is === word).length;
  const verdicts = `${count('as assumed')} as assumed, ${count('differs')} ${count('differs') === 1 ? 'differs' : 'differ'}, ${count('not readable')} not readable`;
  const unreached = endpoints.filter(({ error }) => error !== null).length;
  const refused = access.filter(({ is }) => is === 'refused').length;
  const failed = access.filter(({ is }) => is === 'failed').length;
  const parts = [
    ...(rest.declaredAccount !== null && rest.declaredAccount !== rest.account ? ['another account'] : []),
    ...(unreached > 0 ? [`${counted(unreached, 'endpoint')} not reached`] : []),
    ...(refused > 0 ? [`${counted(refused, 'read')} refused`] : []),
    ...(failed > 0 ? [`${counted(failed, 'read')} failed`] : []),
    ...(left.length > 0 ? [`${counted(left.length, 'object')} not removed`] : []),
  ];
  return `Doctor: ${[verdicts, ...parts].join('; ')}.`;
}
