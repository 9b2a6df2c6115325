// Builds a kernel's C twin by gcc, scalar and without fused operations, and runs it as a contender.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Teardown } from '../teardown.ts';
import type { Contender, Timing } from './contender.ts';
import type { Kernel } from './kernel.ts';
import { pinned } from './start-contender.ts';

export const GCC_FLAGS = ['-O3', '-march=native', '-fno-tree-vectorize', '-ffp-contract=off'];

/** The first line of `gcc --version`, or null. */
export function findGcc(): string | null {
  const { status, stdout } = spawnSync('gcc', ['--version'], { encoding: 'utf8' });
  return status === 0 ? (stdout.split('\n')[0] ?? null) : null;
}

export async function startCTwin(kernel: Kernel, place: { readonly scratchDir: string; readonly teardown: Teardown }): Promise<Contender> {
  if (kernel.cSource === null) throw new Error(`${kernel.name} has no C twin.`);
  const program = join(place.scratchDir, `${kernel.name}-twin`);
  const sources = [join(import.meta.dirname, 'harness.c'), kernel.cSource];
  const built = spawnSync('gcc', [...GCC_FLAGS, '-o', program, ...sources, '-lm'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`gcc does not build ${kernel.name}: ${built.stderr.split('\n')[0]}`);
  const names: string[] = [];
  const files: string[] = [];
  for (const [name, bytes] of kernel.makeBuffers()) {
    const file = join(place.scratchDir, `${kernel.name}-${name}`);
    writeFileSync(file, bytes);
    names.push(name);
    files.push(file);
  }
  const ask = startProgram(program, files, place.teardown);
  return {
    name: 'gcc',
    run: (times) => ask.line(`run ${times}`),
    outputs: async () => {
      await ask.line('reset');
      await ask.line('run 1');
      const outputs: Uint8Array[] = [];
      for (const name of kernel.outputs) {
        const file = join(place.scratchDir, `${kernel.name}-out-${name}`);
        await ask.line(`write ${names.indexOf(name)} ${file}`);
        outputs.push(readFileSync(file));
      }
      return outputs;
    },
    stop: ask.stop,
  };
}

function startProgram(
  program: string,
  files: readonly string[],
  teardown: Teardown,
): { line(text: string): Promise<Timing>; stop(): Promise<void> } {
  const [command, args] = pinned(program, files);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<null>((resolve) => child.once('exit', () => resolve(null)));
  const lines = createInterface({ input: child.stdout });
  const stop = teardown.add(async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return {
    line: async (text) => {
      const answered = new Promise<string>((resolve) => lines.once('line', resolve));
      child.stdin.write(`${text}\n`);
      const answer = await Promise.race([answered, ended]);
      if (answer === null) throw new Error('The C twin ended by itself.');
      const [cpuNs = 0, wallNs = 0] = answer.split(' ').map(Number);
      return { cpuMs: cpuNs / 1e6, wallMs: wallNs / 1e6 };
    },
    stop,
  };
}
