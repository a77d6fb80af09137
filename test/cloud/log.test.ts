import { describe, expect, test } from '@jest/globals';
import { createLog, type LogLevel, redact } from '../../src/log.ts';

function logTo(level: LogLevel) {
  const lines: string[] = [];
  return { log: createLog({ level, destination: { write: (line) => lines.push(line) } }), lines };
}

describe('the log', () => {
  test('writes one JSON object a line, with its level by name and the facts as members', () => {
    const { log, lines } = logTo('info');
    log.info({ address: 'key.dv-root', verb: 'create' }, 'step done');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      address: 'key.dv-root',
      verb: 'create',
      msg: 'step done',
    });
  });

  test('leaves out what is below its level, and everything when silent', () => {
    const { log, lines } = logTo('warn');
    log.info({}, 'no');
    log.warn({}, 'yes');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['yes']);
    const silent = logTo('silent');
    silent.log.error({}, 'no');
    expect(silent.lines).toEqual([]);
  });

  test('hides secrets by name, in any spelling and depth', () => {
    const { log, lines } = logTo('trace');
    const deep = { a: { b: [{ c: { Authorization: 's1', access_token: 's2', 'refresh-token': 's3' } }] } };
    log.trace({ apikey: 's4', apiKey: 's5', payload: 's6', nested: { password: 's7' }, deep }, 'x');
    const [line = ''] = lines;
    expect(line).not.toMatch(/s[1-7]"/);
    expect(line.match(/\[redacted\]/g)).toHaveLength(7);
  });

  test('writes an error without what its makers hung on it', () => {
    const { log, lines } = logTo('trace');
    const secretive = Object.assign(new Error('failed with Bearer abc.def'), {
      code: 'ECONNRESET',
      options: { headers: { authorization: 'Bearer s1' } },
      cause: { options: { token: 's2' } },
      facts: { api: 'Key Protect' },
    });
    log.error({ err: secretive, also: { error: secretive } }, 'x');
    const [line = ''] = lines;
    expect(line).not.toMatch(/s1|s2|abc\.def/);
    expect(JSON.parse(line)).toMatchObject({ err: { code: 'ECONNRESET', facts: { api: 'Key Protect' } } });
  });
});

describe('redact', () => {
  test.each([
    ['Bearer abc.def-ghi_jkl', '[redacted]'],
    ['{"authorization":"Bearer abc"}', '{"authorization":"[redacted]"}'],
    ['got eyJhbGciOi.eyJpYW1f.c2ln here', 'got [redacted] here'],
    ['grant_type=x&apikey=my-key&y=z', 'grant_type=x&apikey=[redacted]&y=z'],
    ['nothing secret', 'nothing secret'],
  ])('%j becomes %j', (given, shown) => {
    expect(redact(given)).toBe(shown);
  });

  test('stands circles, dates and plain values', () => {
    const circle: Record<string, unknown> = { at: new Date(0), n: 1, none: null };
    circle['self'] = circle;
    expect(redact(circle)).toEqual({ at: '1970-01-01T00:00:00.000Z', n: 1, none: null, self: '[circular]' });
  });
});
