/** A generated shader as a tree of pieces of text, so that it can be printed, and cut down while it still fails. */
import { keyOf, type ShaderType } from './shader-type.ts';

/** Mutable on purpose: the shrinker cuts in place. */
export interface Expr {
  readonly kind: 'expr';
  readonly type: ShaderType;
  pieces: (string | Expr)[];
  /** A const- or override-expression: what it would do wrong is an error of the shader, not a result. */
  readonly isConst: boolean;
  /** Of floats: the power of ten that no component exceeds. */
  readonly magnitude: number;
}

export interface Stmt {
  readonly kind: 'stmt';
  pieces: (string | Expr | Block)[];
}

export interface Block {
  readonly kind: 'block';
  body: Stmt[];
}

export interface Program {
  readonly root: Block;
  readonly workgroupSize: readonly [number, number, number];
  readonly groups: readonly [number, number, number];
  /** Its results are this compiler's own choice (clamped indices, NaN): no other implementation need agree. */
  readonly isWild: boolean;
  /** Elements of `data` and `fdata`. Wild shaders get less than they count on, so that indices proven good at compile time are not all there are. */
  readonly dataWords: number;
  /** Names of the overrides that get a value. */
  readonly overrides: Readonly<Record<string, number>>;
  /** Elements of `out`, `fout` and `approx` for each invocation. */
  readonly perInvocation: number;
}

/** Cuts a template into pieces: text`min(${a}, ${b})`. */
export function text<Part extends Expr | Block>(
  strings: TemplateStringsArray,
  ...parts: readonly (Part | string | number)[]
): (string | Part)[] {
  return strings.flatMap((string, i) => {
    const part = parts[i];
    const after = part === undefined ? [] : [typeof part === 'number' ? String(part) : part];
    return string === '' ? after : [string, ...after];
  });
}

export function makeExpr(
  type: ShaderType,
  pieces: (string | Expr)[],
  facts: { readonly isConst?: boolean; readonly magnitude?: number } = {},
): Expr {
  return { kind: 'expr', type, pieces, isConst: facts.isConst ?? false, magnitude: facts.magnitude ?? 6 };
}

export function makeStmt(pieces: (string | Expr | Block)[]): Stmt {
  return { kind: 'stmt', pieces };
}

export function makeBlock(body: Stmt[]): Block {
  return { kind: 'block', body };
}

function printPiece(piece: string | Expr | Block, indent: string): string {
  if (typeof piece === 'string') return piece;
  if (piece.kind === 'expr') return piece.pieces.map((each) => printPiece(each, indent)).join('');
  if (piece.body.length === 0) return '{}';
  return `{\n${printBody(piece, `${indent}  `)}${indent}}`;
}

function printBody(block: Block, indent: string): string {
  return block.body.map((statement) => `${indent}${statement.pieces.map((piece) => printPiece(piece, indent)).join('')}\n`).join('');
}

export function printProgram(program: Program): string {
  return printBody(program.root, '');
}

/** The plainest expression of a type. */
export function zeroText(type: ShaderType): string {
  if (type.kind !== 'scalar') return `${keyOf(type)}()`;
  return { u32: '0u', i32: '0i', f32: '0.0', f16: '0.0h', bool: 'false' }[type.name];
}
