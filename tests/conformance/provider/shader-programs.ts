// Compiles shaders for the device, each text, entry point and set of constants once, and keeps a few instances at hand.
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { CompileError, renderDiagnostic } from '../../../src/compiler/diagnostics.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import type { ExprNode, ModuleNode, VariableNode } from '../../../src/compiler/parse/ast.ts';
import type { ModuleInfo } from '../../../src/compiler/reflection.ts';
import { createModuleInstance, type ModuleInstance } from '../../../src/engine/cpu/module-instance.ts';

export type Constants = Readonly<Record<string, number>>;

export interface Program {
  readonly info: ModuleInfo;
  readonly wasm: WebAssembly.Module;
}

/** They hold for every shader of a device. */
export interface ProgramOptions {
  readonly compile: CompileOptions;
  /** Loop turns and calls that a dispatch may take; null: no bound. */
  readonly fuel: bigint | null;
}

export type Compilation = { readonly program: Program } | { readonly fault: string };

const maxPrograms = 256;
/** Each instance holds a memory, for which the engine sets aside many gigabytes of addresses. */
const maxInstances = 8;

/** A map that forgets what was used longest ago. */
class RecentMap<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  getOrMake(key: Key, make: () => Value): Value {
    const known = this.entries.get(key);
    const value = known ?? make();
    if (known !== undefined) this.entries.delete(key);
    this.entries.set(key, value);
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.limit && oldest !== undefined) this.entries.delete(oldest);
    return value;
  }
}

export class ShaderPrograms {
  private readonly compilations = new RecentMap<string, Compilation>(maxPrograms);
  private readonly instances = new RecentMap<Program, ModuleInstance>(maxInstances);
  private readonly options: ProgramOptions;

  constructor(options: ProgramOptions) {
    this.options = options;
  }

  compile(code: string, entryPoint: string | undefined, constants: Constants): Compilation {
    const key = JSON.stringify([code, entryPoint ?? null, Object.entries(constants).sort()]);
    return this.compilations.getOrMake(key, () => {
      try {
        const named = entryPoint === undefined ? {} : { entryPoint };
        const { module } = compile(code, { ...this.options.compile, ...named, overrides: constants });
        return { program: { info: readModuleInfo(module), wasm: new WebAssembly.Module(module as BufferSource) } };
      } catch (cause) {
        return { fault: describeFault(code, cause) };
      }
    });
  }

  /** An instance of the program with its fuel filled up. */
  instanceOf(program: Program): ModuleInstance {
    const instance = this.instances.getOrMake(program, () => createModuleInstance(program.wasm, program.info));
    if (this.options.fuel !== null) instance.setFuel(this.options.fuel);
    return instance;
  }
}

export function describeFault(code: string, cause: unknown): string {
  if (!(cause instanceof CompileError))
    return `The compiler broke: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`;
  const [first] = cause.diagnostics;
  return first === undefined ? `${cause.code}: ${cause.message}` : `${cause.code}: ${renderDiagnostic(code, first)}`;
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  i32: [-(2 ** 31), 2 ** 31 - 1],
  u32: [0, 2 ** 32 - 1],
  f32: [-3.4028234663852886e38, 3.4028234663852886e38],
  f16: [-65504, 65504],
};

/** Why these values may not be given to the module's overrides; null when they may. */
export function faultOfConstants(module: ModuleNode, constants: Constants): string | null {
  const overrides = new Map<string, VariableNode>();
  for (const each of module.declarations.values()) if (each.kind === 'override') overrides.set(keyOf(each), each);
  for (const [key, value] of Object.entries(constants)) {
    const override = overrides.get(key);
    if (override === undefined) return `The shader has no override "${key}".`;
    const range = ranges[typeName(override.type)];
    const isWhole = typeName(override.type) === 'i32' || typeName(override.type) === 'u32';
    if (range !== undefined && (value < range[0] || value > range[1] || (isWhole && !Number.isInteger(value))))
      return `The value ${value} does not fit the override "${key}".`;
  }
  return null;
}

/** An override with an @id is known by it and by nothing else. */
function keyOf(override: VariableNode): string {
  const id = override.attributes.find((each) => each.name === 'id')?.args[0];
  return id?.kind === 'literal' ? String(id.value) : override.name;
}

function typeName(type: ExprNode | null): string {
  return type?.kind === 'ident' ? type.name : '';
}
