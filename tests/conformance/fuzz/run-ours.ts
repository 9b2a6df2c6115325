/** Runs a generated shader through every way in which we can build and run it; all must give the same bytes. */
import { type Compiled, type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { createModuleInstance, type ModuleInstance } from '../../../src/engine/cpu/module-instance.ts';
import { makeBuffers } from './inputs.ts';
import type { Program } from './tree.ts';

export type Outputs = Readonly<Record<string, Uint8Array>>;

interface Variant {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly isSplit: boolean;
}

/** The first is what the others are compared with: the plainest build. */
export const variants: readonly Variant[] = [
  { name: 'plain', options: { lanes: 1, optimize: false }, isSplit: false },
  { name: 'optimized', options: { lanes: 1, optimize: true }, isSplit: false },
  { name: 'lanes', options: { lanes: 'always', optimize: false }, isSplit: false },
  { name: 'lanes, optimized', options: { lanes: 'always', optimize: true }, isSplit: false },
  { name: 'default', options: {}, isSplit: true },
  { name: 'fuelled', options: { lanes: 4, optimize: true, fuel: true }, isSplit: false },
  { name: 'metered', options: { metered: true, lanes: 'always', optimize: true }, isSplit: false },
  { name: 'metered, plain', options: { metered: true, lanes: 1, optimize: false, fuel: true }, isSplit: false },
  // No generated shader depends on the order of its invocations.
  { name: 'reversed', options: { reversed: true, lanes: 1, optimize: true }, isSplit: false },
];

export type Failure =
  | { readonly kind: 'refused'; readonly variant: string; readonly message: string }
  | { readonly kind: 'broken'; readonly variant: string; readonly message: string }
  | { readonly kind: 'different'; readonly variant: string; readonly message: string };

export interface OwnRun {
  readonly failure: Failure | null;
  readonly outputs: Outputs;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function openInstance(program: Program, compiled: Compiled): ModuleInstance {
  const instance = createModuleInstance(new WebAssembly.Module(compiled.module as BufferSource), readModuleInfo(compiled.module));
  const buffers = makeBuffers(program, compiled.reflection.bindings);
  instance.fill(new Map(buffers.map(({ name, bytes }) => [name, { bytes }])));
  instance.setGrid(program.groups);
  instance.setFuel(1n << 40n);
  return instance;
}

interface Ran {
  readonly outputs: Outputs;
  /** 0 for builds that do not count. */
  readonly work: bigint;
}

function runVariant(program: Program, compiled: Compiled, isSplit: boolean): Ran {
  const instance = openInstance(program, compiled);
  const [x, y, z] = program.groups;
  if (!isSplit) instance.run([0, 0, 0], program.groups);
  else for (let i = 0; i < x * y * z; i++) instance.run([i % x, Math.floor(i / x) % y, Math.floor(i / x / y)], [1, 1, 1]);
  const written = compiled.reflection.bindings.filter((binding) => binding.access === 'read_write');
  return { outputs: Object.fromEntries(written.map(({ name }) => [name, instance.read(name)])), work: instance.workDone() };
}

/** Where two outputs part, in words; null where they do not. */
export function findDifference(want: Outputs, got: Outputs): string | null {
  for (const [name, bytes] of Object.entries(want)) {
    const other = got[name];
    if (other === undefined || other.length !== bytes.length) return `${name} has another size`;
    const at = bytes.findIndex((byte, i) => byte !== other[i]);
    if (at < 0) continue;
    const word = (from: Uint8Array): string => `0x${new DataView(from.buffer, from.byteOffset).getUint32(at & ~3, true).toString(16)}`;
    return `${name}[${at >> 2}] is ${word(other)} instead of ${word(bytes)}`;
  }
  return null;
}

/** Runs them all, or those named; stops at the first that fails. */
export function runOurs(program: Program, wgsl: string, only: readonly string[] = []): OwnRun {
  let first: Outputs | null = null;
  let work: bigint | null = null;
  const wanted = variants.filter((variant, i) => i === 0 || only.length === 0 || only.includes(variant.name));
  const fail = (kind: Failure['kind'], variant: string, message: string): OwnRun => ({
    failure: { kind, variant, message },
    outputs: first ?? {},
  });
  for (const variant of wanted) {
    let compiled: Compiled;
    try {
      compiled = compile(wgsl, { ...(variant.options as CompileOptions), overrides: program.overrides });
    } catch (cause) {
      return fail('refused', variant.name, messageOf(cause));
    }
    try {
      const ran = runVariant(program, compiled, variant.isSplit);
      const message = first === null ? null : findDifference(first, ran.outputs);
      if (message !== null) return fail('different', variant.name, message);
      first ??= ran.outputs;
      if (variant.options.metered !== true) continue;
      // How often a compare-and-exchange is tried again depends on the order of invocations, and so does its work.
      if (work !== null && work !== ran.work && !wgsl.includes('CompareExchange'))
        return fail('different', variant.name, `work is ${ran.work} instead of ${work}`);
      work ??= ran.work;
    } catch (cause) {
      return fail('broken', variant.name, messageOf(cause));
    }
  }
  return { failure: null, outputs: first ?? {} };
}
