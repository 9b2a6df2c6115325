/**
 * The intermediate form: typed, structured, scalar.
 *
 * What it means
 * - Every value is one WebAssembly scalar. Vectors, matrices, structs and small arrays were split into scalars before they came here, so that
 *   a later pass can put four invocations into the lanes of one v128 by looking at single expressions. A bool is an i32 that is 0 or 1; whether an
 *   i32 is signed is said by the operation, never by the type.
 * - An expression is a tree without effects: it reads locals and memory and never traps. What has an effect is a statement, and statements run in order.
 *   Whoever builds a tree makes sure that no statement between building and using it changes what it reads (see FunctionBuilder.keep).
 * - A local is set before it is read on every path. Locals of a function are numbered; the first ones are its parameters.
 * - A memory variable is bytes at an address that the emitter chooses. `private` and `function` variables of a kernel with barriers exist once per
 *   invocation, `workgroup` once per workgroup, `constant` once per module with given bytes. Accesses were clamped already: an address is always good.
 * - Control flow is structured: `block`, `loop` and `switch` carry labels. `break` leaves the labelled statement, `continue` goes to a loop's
 *   `continuing` list, after which the loop starts again; there is no other jump. Labels are unique in a function.
 * - `atomic` reads and changes one i32 in memory, and nothing comes between for any invocation, even where several run side by side.
 * - `meter` adds its cost to the work that this invocation has done; see transform/meter.ts. It reads and changes nothing else, and runs exactly as often
 *   as the statements around it: a pass may move a value across it, but may neither drop, double nor move the meter itself.
 * - A v128 appears only behind transform/vectorize.ts: it holds one scalar of each of four neighbouring invocations.
 * - `barrier` stands only in the entry function (whatever contains one was inlined) and only in control flow that is the same for all invocations.
 */

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** What the invocation is, all i32. `group` is the workgroup's id in the dispatch, `grid` the dispatch's size. */
export type BuiltinName =
  | 'local-x'
  | 'local-y'
  | 'local-z'
  | 'local-index'
  | 'group-x'
  | 'group-y'
  | 'group-z'
  | 'grid-x'
  | 'grid-y'
  | 'grid-z';

export interface ConstExpr {
  readonly kind: 'const';
  readonly type: ValueType;
  /** i32 as a signed number, f32 already rounded, i64 as bigint, v128 as a bigint of 128 bits with lane 0 lowest. */
  readonly value: number | bigint;
}
export interface LocalExpr {
  readonly kind: 'local';
  readonly type: ValueType;
  readonly local: number;
}
export interface BuiltinExpr {
  readonly kind: 'builtin';
  readonly type: 'i32';
  readonly name: BuiltinName;
}
export interface OpExpr {
  readonly kind: 'op';
  readonly type: ValueType;
  /** A WebAssembly instruction by its name; see ops.ts. */
  readonly op: string;
  readonly args: readonly Expr[];
}
/** Evaluates only the side it needs. */
export interface ChooseExpr {
  readonly kind: 'choose';
  readonly type: ValueType;
  readonly condition: Expr;
  readonly yes: Expr;
  readonly no: Expr;
}
export interface LoadExpr {
  readonly kind: 'load';
  readonly type: ValueType;
  readonly address: Expr;
  readonly offset: number;
  /** 2: an i32 of the 16 bits there, for a half. */
  readonly bytes?: 2;
}
/** The address of a memory variable. */
export interface AddressExpr {
  readonly kind: 'address';
  readonly type: 'i32';
  readonly variable: number;
}
/** Where a bound buffer starts, and how many bytes it has. */
export interface BindingExpr {
  readonly kind: 'binding-base' | 'binding-bytes';
  readonly type: 'i32';
  readonly binding: number;
}
/** A call of a function that has no effect and one result. */
export interface CallExpr {
  readonly kind: 'call';
  readonly type: ValueType;
  readonly callee: number;
  readonly args: readonly Expr[];
}
export type Expr = ConstExpr | LocalExpr | BuiltinExpr | OpExpr | ChooseExpr | LoadExpr | AddressExpr | BindingExpr | CallExpr;

export interface SwitchCase {
  readonly values: readonly number[];
  readonly isDefault: boolean;
  readonly body: readonly Stmt[];
}

/** What an atomic does to the i32 in memory; the operand of `compare-exchange` is what must be there, then what comes there. */
export type AtomicOp = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'min_s' | 'min_u' | 'max_s' | 'max_u' | 'exchange' | 'compare-exchange';

export type Stmt =
  | { readonly kind: 'set'; readonly local: number; readonly value: Expr }
  /** `bytes` 2: the low 16 bits of an i32. */
  | { readonly kind: 'store'; readonly address: Expr; readonly offset: number; readonly value: Expr; readonly bytes?: 2 }
  | { readonly kind: 'fill'; readonly address: Expr; readonly offset: number; readonly bytes: number }
  | {
      readonly kind: 'copy';
      readonly to: Expr;
      readonly toOffset: number;
      readonly from: Expr;
      readonly fromOffset: number;
      readonly bytes: number;
    }
  | {
      readonly kind: 'atomic';
      readonly op: AtomicOp;
      readonly address: Expr;
      readonly offset: number;
      readonly operands: readonly Expr[];
      /** The local that gets what was there before. */
      readonly result: number;
    }
  | { readonly kind: 'call'; readonly callee: number; readonly args: readonly Expr[]; readonly results: readonly number[] }
  | {
      readonly kind: 'if';
      readonly condition: Expr;
      readonly yes: readonly Stmt[];
      readonly no: readonly Stmt[];
      /** The side that hardly ever runs: keep it small. */
      readonly rare?: 'no';
    }
  | { readonly kind: 'block'; readonly label: number; readonly body: readonly Stmt[] }
  | { readonly kind: 'loop'; readonly label: number; readonly body: readonly Stmt[]; readonly continuing: readonly Stmt[] }
  | { readonly kind: 'switch'; readonly label: number; readonly selector: Expr; readonly cases: readonly SwitchCase[] }
  | { readonly kind: 'break'; readonly label: number }
  | { readonly kind: 'continue'; readonly label: number }
  | { readonly kind: 'return'; readonly values: readonly Expr[] }
  | { readonly kind: 'barrier' }
  /** `times`, an i32, says for how many invocations at once; absent: for one. */
  | { readonly kind: 'meter'; readonly cost: number; readonly times?: Expr };

export interface IrFunction {
  readonly name: string;
  readonly parameterCount: number;
  /** Types of all locals; the first `parameterCount` are the parameters. */
  readonly locals: readonly ValueType[];
  readonly results: readonly ValueType[];
  /** Of the entry function: sets of locals that are the same for all invocations, run once per workgroup. */
  readonly prologue: readonly Stmt[];
  readonly body: readonly Stmt[];
}

export interface MemoryVariable {
  readonly name: string;
  /** `spill` holds what one local of each invocation keeps across barriers. */
  readonly space: 'function' | 'private' | 'workgroup' | 'constant' | 'spill';
  readonly bytes: number;
  readonly align: number;
  /** The bytes of a `constant`. */
  readonly data: Uint8Array | null;
}

export interface IrModule {
  readonly entry: IrFunction;
  /** What `callee` indexes. */
  readonly functions: readonly IrFunction[];
  /** What `variable` indexes. */
  readonly variables: readonly MemoryVariable[];
  readonly bindingNames: readonly string[];
  readonly workgroupSize: readonly [number, number, number];
}
