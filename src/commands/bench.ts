import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { EXIT, type ExitCode } from './command.ts';

const FOLDER = new URL('../../bench/', import.meta.url);

/** Runs a benchmark in a process of its own, so that nothing else is measured with it. */
export async function bench(name: string | undefined, args: string[]): Promise<ExitCode> {
  const names = readdirSync(FOLDER).filter((file) => file.endsWith('.ts')).map((file) => file.slice(0, -'.ts'.length));
  if (name === undefined) {
    process.stdout.write(`${names.join('\n')}\n`);
    return EXIT.ok;
  }
  if (!names.includes(name)) {
    process.stderr.write(`plugtime: there is no benchmark "${name}"; there are: ${names.join(', ')}\n`);
    return EXIT.usage;
  }
  const child = spawn(process.execPath, ['--expose-gc', new URL(`${name}.ts`, FOLDER).pathname, ...args], { stdio: 'inherit' });
  const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
  return code === 0 ? EXIT.ok : EXIT.failed;
}
