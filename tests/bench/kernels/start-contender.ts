// Starts contenders, each in a process of its own, pinned to one core where `taskset` is there.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Teardown } from '../teardown.ts';
import type { Contender, ContenderAnswer, ContenderName, ContenderOrder } from './contender.ts';
import type { KernelName } from './kernel.ts';

const ICDS = ['/usr/lib/chromium/vk_swiftshader_icd.json'];
const LIBRARIES = ['/usr/lib/chromium/libvk_swiftshader.so', '/usr/lib/chromium-browser/libvk_swiftshader.so'];

/** The last core: the first one serves most interrupts. */
export const core = cpus().length - 1;
export const canPin = spawnSync('taskset', ['-c', String(core), 'true'], { stdio: 'ignore' }).status === 0;

/** The command that runs another on our one core. */
export function pinned(command: string, args: readonly string[]): readonly [string, readonly string[]] {
  return canPin ? ['taskset', ['-c', String(core), command, ...args]] : [command, args];
}

/** Path of a description of SwiftShader for the Vulkan loader; null where there is no SwiftShader. */
export function findSwiftShader(scratchDir: string): string | null {
  const known = [process.env.VK_ICD_FILENAMES, ...ICDS].find((path) => path !== undefined && existsSync(path));
  if (known !== undefined) return known;
  const library = LIBRARIES.find((path) => existsSync(path));
  if (library === undefined) return null;
  const path = join(scratchDir, 'swiftshader.json');
  writeFileSync(path, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.1.0' } }));
  return path;
}

/** Chromium's folder has the Vulkan loader too, and not every system has another. */
function vulkanOf(icd: string): Readonly<Record<string, string>> {
  const libraries = [dirname(icd), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  return { VK_ICD_FILENAMES: icd, LD_LIBRARY_PATH: libraries };
}

export async function startContender(
  name: Exclude<ContenderName, 'gcc'>,
  kernel: KernelName,
  place: { readonly swiftShader: string | null; readonly teardown: Teardown },
): Promise<Contender> {
  const script = join(import.meta.dirname, '../kernel-process.ts');
  const [command, args] = pinned(process.execPath, ['--import', 'tsx', script]);
  const env = { ...process.env, ...(name === 'swiftshader' && place.swiftShader !== null ? vulkanOf(place.swiftShader) : {}) };
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced', env });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = place.teardown.add(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  const contender: Contender = {
    name,
    run: async (times) => expectKind(await ask(child, { kind: 'run', times }), 'timing').timing,
    outputs: async () => expectKind(await ask(child, { kind: 'outputs' }), 'outputs').outputs,
    stop,
  };
  expectKind(await ask(child, { kind: 'prepare', kernel, contender: name }), 'ready');
  return contender;
}

function ask(child: ChildProcess, order: ContenderOrder): Promise<ContenderAnswer> {
  return new Promise((resolve) => {
    const end = (code: number | null): void => resolve({ kind: 'failed', sentence: `A contender's process ended with code ${code}.` });
    if (child.exitCode !== null || child.signalCode !== null) return end(child.exitCode);
    child.once('exit', end);
    child.once('message', (answer) => {
      child.off('exit', end);
      resolve(answer as ContenderAnswer);
    });
    // one that is gone answers by its exit
    child.send(order, () => undefined);
  });
}

function expectKind<Kind extends ContenderAnswer['kind']>(answer: ContenderAnswer, kind: Kind): Extract<ContenderAnswer, { kind: Kind }> {
  if (answer.kind === 'failed') throw new Error(answer.sentence);
  if (answer.kind !== kind) throw new Error(`A contender answered ${answer.kind} where ${kind} was asked.`);
  return answer as Extract<ContenderAnswer, { kind: Kind }>;
}
