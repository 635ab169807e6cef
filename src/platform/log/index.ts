import { pino, type Logger } from 'pino';
import type { Config } from '../config/index.ts';

export type Log = Logger;

/** The structured log: one JSON object a line on standard error. What may hold a secret is never given to it; the paths below are a second net. */
export function createLog(config: Pick<Config, 'PLUGTIME_LOG' | 'PLUGTIME_LOG_FORMAT'>): Log {
  const redact = { paths: ['authorization', '*.authorization', 'secret', '*.secret', 'headers.authorization'], censor: '[secret]' };
  const base = { app: 'plugtime' };
  const timestamp = pino.stdTimeFunctions.isoTime;
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = { level: config.PLUGTIME_LOG, redact, base, timestamp, formatters };
  if (config.PLUGTIME_LOG_FORMAT === 'json') return pino(options, pino.destination({ dest: 2, sync: false, minLength: 4_096, periodicFlush: 100 }));
  return pino(options, textStream());
}

/** Lines for people: time, level, message, and the fields behind it. */
function textStream(): { write(line: string): void } {
  return {
    write: (line) => {
      const { time, level, msg, app: _app, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const rest = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      const stack = (err as { stack?: string } | undefined)?.stack;
      process.stderr.write(`${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${typeof msg === 'string' ? msg : ''} ${rest.join(' ')}${stack ? `\n${stack}` : ''}\n`);
    },
  };
}
