/** What a compiled program tells the world about itself: plain JSON-able data, no behaviour. */

export type ScalarKind = 'f32' | 'f16' | 'i32' | 'u32' | 'bool';

export interface ScalarLayout {
  readonly kind: 'scalar';
  readonly scalar: ScalarKind;
  readonly size: number;
  readonly align: number;
}
export interface VectorLayout {
  readonly kind: 'vector';
  readonly n: 2 | 3 | 4;
  readonly scalar: ScalarKind;
  readonly size: number;
  readonly align: number;
}
export interface MatrixLayout {
  readonly kind: 'matrix';
  readonly cols: number;
  readonly rows: number;
  readonly scalar: ScalarKind;
  readonly size: number;
  readonly align: number;
  /** Bytes from one column to the next. */
  readonly stride: number;
}
export interface ArrayLayout {
  readonly kind: 'array';
  readonly element: TypeLayout;
  /** null: runtime-sized. */
  readonly count: number | null;
  readonly stride: number;
  /** A runtime-sized array counts as one element here. */
  readonly size: number;
  readonly align: number;
}
export interface MemberLayout {
  readonly name: string;
  readonly offset: number;
  readonly type: TypeLayout;
}
export interface StructLayout {
  readonly kind: 'struct';
  readonly name: string;
  readonly members: readonly MemberLayout[];
  readonly size: number;
  readonly align: number;
}
export interface AtomicLayout {
  readonly kind: 'atomic';
  readonly scalar: 'i32' | 'u32';
  readonly size: number;
  readonly align: number;
}

export type TypeLayout = ScalarLayout | VectorLayout | MatrixLayout | ArrayLayout | StructLayout | AtomicLayout;

export interface Binding {
  readonly name: string;
  readonly group: number;
  readonly binding: number;
  readonly space: 'uniform' | 'storage';
  readonly access: 'read' | 'read_write';
  readonly type: TypeLayout;
  /** The least a buffer bound here may have; WebGPU's minimum binding size. */
  readonly minBytes: number;
}

export interface Reflection {
  readonly entryPoint: string;
  readonly workgroupSize: readonly [number, number, number];
  /** Only those the entry point can reach, in (group, binding) order. */
  readonly bindings: readonly Binding[];
  /** False: no float is ever computed, so results are equal bit for bit on every device. */
  readonly usesFloat: boolean;
  readonly usesBarrier: boolean;
  readonly usesNumWorkgroups: boolean;
  readonly usesAtomics: boolean;
}

/** How a host talks to a compiled module; see compile.ts for the meaning. */
export interface ModuleAbi {
  /** Bytes from address 0 that the module keeps for itself: constants, workgroup, private and context memory. */
  readonly staticBytes: number;
  readonly bindings: readonly { readonly name: string; readonly index: number }[];
  readonly hasFuel: boolean;
  /** It adds up its work in the exported i64 global `work`. */
  readonly isMetered: boolean;
}

export interface ModuleInfo {
  readonly reflection: Reflection;
  readonly abi: ModuleAbi;
}
