/** Talks with Dawn in child processes: on the null backend Tint judges validity; on SwiftShader, where a Chromium brings it, shaders run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../support/find-chromium.ts';
import type { BufferSpec } from './inputs.ts';

export interface DawnJob {
  readonly id: number;
  readonly code: string;
  /** null: only judge the shader. */
  readonly groups: readonly [number, number, number] | null;
  readonly overrides: Record<string, number>;
  readonly buffers: readonly (Omit<BufferSpec, 'bytes'> & { readonly base64: string })[];
}

export type DawnAnswer =
  | { readonly id: number; readonly kind: 'valid' }
  | { readonly id: number; readonly kind: 'ran'; readonly outputs: Readonly<Record<string, string>> }
  | { readonly id: number; readonly kind: 'invalid'; readonly message: string }
  /** The process died or took too long. */
  | { readonly id: number; readonly kind: 'lost'; readonly message: string };

export interface Dawn {
  ask(job: Omit<DawnJob, 'id'>): Promise<DawnAnswer>;
  close(): void;
}

/** How long one shader may take, compiled by a software GPU on a busy machine. */
const patienceMs = 30_000;

/** The description of SwiftShader that a Vulkan loader reads, or null with the reason. */
export function findSwiftShader(): { readonly path: string } | { readonly reason: string } {
  const chromium = findChromium();
  if (chromium === null) return { reason: 'there is no Chromium, which brings SwiftShader' };
  const folders = [dirname(realpathSync(chromium)), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  for (const folder of folders) {
    const described = join(folder, 'vk_swiftshader_icd.json');
    if (existsSync(described)) return { path: described };
    const library = join(folder, 'libvk_swiftshader.so');
    if (!existsSync(library)) continue;
    const path = join(mkdtempSync(join(tmpdir(), 'swiftshader-')), 'icd.json');
    symlinkSync(join(folder, 'libvulkan.so.1'), join(dirname(path), 'libvulkan.so.1'));
    writeFileSync(path, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.0.5' } }));
    return { path };
  }
  return { reason: `no SwiftShader lies beside ${chromium}` };
}

export function openTint(): Dawn {
  return createDawn(['backend=null'], {});
}

export function openSwiftShader(icd: string): Dawn {
  // Chromium brings the Vulkan loader too; a machine without a GPU has no other.
  const libraries = [dirname(icd), process.env.LD_LIBRARY_PATH].filter((path) => path).join(delimiter);
  return createDawn([], { VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, LD_LIBRARY_PATH: libraries });
}

interface Child {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
}

async function startChild(flags: readonly string[], env: Readonly<Record<string, string>>): Promise<Child> {
  const script = fileURLToPath(new URL('./dawn-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin?.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  const ready = await lines.next();
  if (ready.done) throw new Error('Dawn did not start.');
  return { process: child, lines };
}

function createDawn(flags: readonly string[], env: Readonly<Record<string, string>>): Dawn {
  let child: Promise<Child> | null = null;
  let count = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const drop = async (): Promise<void> => {
    const dropped = child;
    child = null;
    (await dropped)?.process.kill('SIGKILL');
  };
  const askOnce = async (job: Omit<DawnJob, 'id'>): Promise<DawnAnswer> => {
    const id = count++;
    child ??= startChild(flags, env);
    const { process: running, lines } = await child;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), patienceMs);
    });
    running.stdin?.write(`${JSON.stringify({ ...job, id })}\n`);
    const answer = await Promise.race([lines.next(), late]);
    clearTimeout(timer);
    if (answer !== 'late' && !answer.done) return JSON.parse(answer.value) as DawnAnswer;
    await drop();
    return { id, kind: 'lost', message: answer === 'late' ? `no answer within ${patienceMs} ms` : 'the process died' };
  };
  return {
    ask: (job) => {
      const answer = turn.then(() => askOnce(job));
      turn = answer.catch(() => undefined);
      return answer;
    },
    close: () => void drop().catch(() => undefined),
  };
}
