import { SingleBar } from 'cli-progress';
import type { CommandIo } from './command.ts';

/** Lines and a progress bar on the terminal; where standard error is no terminal, a line every few seconds. */
export function terminalIo(): CommandIo & { close(): void } {
  let bar: SingleBar | undefined;
  let lastNote = 0;
  const isTerminal = process.stderr.isTTY;
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => {
      bar?.stop();
      bar = undefined;
      process.stderr.write(`${line}\n`);
    },
    progress: (done, total, label) => {
      if (isTerminal && total > 0) {
        bar ??= new SingleBar({ format: '{bar} {percentage}% {label}', stream: process.stderr, clearOnComplete: false, hideCursor: true });
        if (!bar.isActive) bar.start(total, done, { label });
        bar.update(done, { label });
        return;
      }
      const now = performance.now();
      if (now - lastNote < 3_000) return;
      lastNote = now;
      process.stderr.write(`${total > 0 ? `${Math.floor((100 * done) / total)} % ` : ''}${label}\n`);
    },
    close: () => bar?.stop(),
  };
}
