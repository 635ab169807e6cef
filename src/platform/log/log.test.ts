import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** What a process that logs these fields writes to standard error. */
function written(format: 'json' | 'text', level: string, calls: string): string {
  const script = `
    const { createLog } = await import(process.argv[1]);
    const log = createLog({ PLUGTIME_LOG: '${level}', PLUGTIME_LOG_FORMAT: '${format}' });
    ${calls}
  `;
  const { stderr, stdout } = spawnSync(
    process.execPath, ['--input-type=module', '-e', script, new URL('./index.ts', import.meta.url).href], { encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  return stderr;
}

const SECRETS = `
  log.info(
    { secret: 'pt_sk_1', authorization: 'pt_sk_2', headers: { authorization: 'pt_sk_3' }, key: { secret: 'pt_sk_4' }, request_id: 'req_1' },
    'request',
  );
`;

describe('the log', () => {
  it.each(['json', 'text'] as const)('writes no secret, where one was given to it after all (%s)', (format) => {
    const text = written(format, 'info', SECRETS);
    expect(text).not.toMatch(/pt_sk_/);
    expect(text).toContain('[secret]');
    expect(text).toContain('req_1');
  });

  it('is one JSON object a line, with time, level and message, from its level on', () => {
    const lines = written(
      'json', 'warn', `log.info('too low'); log.warn({ a: 1 }, 'one'); log.error({ err: new Error('broken') }, 'two');`,
    ).trim().split('\n');
    const [one, two] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(2);
    expect(one).toMatchObject({ app: 'plugtime', level: 'warn', msg: 'one', a: 1, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    expect(two).toMatchObject({ level: 'error', msg: 'two', err: { message: 'broken', stack: expect.stringContaining('Error: broken') } });
  });
});
