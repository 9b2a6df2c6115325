// Runs one row of the tables through the compiler with its arguments from one source, and judges every scalar of every result.
import { CompileError } from '../../../src/compiler/diagnostics.ts';
import { runWgsl } from '../../unit/compiler/run-wgsl.ts';
import { contains } from './interval.ts';
import { countOf, type Kind, type Row, type Shape, typeText } from './row.ts';

/** What comes from a uniform runs four invocations side by side, what comes from storage one after the other: the bits must be the same. */
export const sources = ['const', 'abstract', 'uniform', 'storage'] as const;
export type Source = (typeof sources)[number];

export interface Outcome {
  /** Scalars judged. */
  readonly count: number;
  readonly wrong: readonly string[];
  /** Why the compiler refused the whole row; null when it did not. */
  readonly refused: string | null;
  /** The bits of each case's result, by the case's place in the row. */
  readonly bits: ReadonlyMap<number, readonly number[]>;
}

const nothing: Outcome = { count: 0, wrong: [], refused: null, bits: new Map() };

/** Constants are written out one by one, so fewer of them; uniforms read as storage does, so some will do. */
const limits = { const: 36, abstract: 12, uniform: 120, storage: Number.POSITIVE_INFINITY } as const;
/** Of a vector or matrix each case tries several scalars at once. */
const maxWide = { ...limits, const: 8, abstract: 4 } as const;

export function runRow(row: Row, source: Source): Outcome {
  const isConstant = source === 'const' || source === 'abstract';
  if (source === 'abstract' && row.isAbstract === false) return nothing;
  if (isConstant && row.before !== undefined) return nothing;
  const indices = pickCases(row, source);
  if (indices.length === 0) return nothing;
  try {
    const out = isConstant ? runConstants(row, indices, source) : runBuffers(row, indices, source);
    return judge(row, indices, out, source);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { count: indices.length * countOf(row.result), wrong: [], refused: error.message, bits: new Map() };
  }
}

/** Evenly from all that this source can hold. */
function pickCases(row: Row, source: Source): number[] {
  const isConstant = source === 'const' || source === 'abstract';
  const possible = row.cases.flatMap((each, i) => (!isConstant || isConstantCase(row, each) ? [i] : []));
  const limit = (row.args.some((arg) => countOf(arg) > 1) ? maxWide : limits)[source];
  const step = Math.max(1, possible.length / limit);
  return Array.from({ length: Math.min(possible.length, limit) }, (_, i) => possible[Math.floor(i * step)] ?? 0);
}

/** What is infinite or no number cannot be written, and what overflows may not be a constant. */
function isConstantCase(row: Row, scalars: readonly number[]): boolean {
  const isWritable = scalars.every((each) => Number.isFinite(each));
  return (
    isWritable && row.expect(scalars).every((each) => Number.isFinite(each.low) && Number.isFinite(each.high)) && row.isConstant(scalars)
  );
}

interface Placed {
  readonly offset: number;
  readonly shape: Shape;
}

const bytesOf = (kind: Kind): number => (kind === 'f16' ? 2 : 4);
/** No buffer holds a bool: it travels as a u32. */
const carrier = (shape: Shape): Shape => (shape.kind === 'bool' ? { ...shape, kind: 'u32' } : shape);

function columnBytes(shape: Shape): number {
  return (shape.rows === 2 ? 2 : 4) * bytesOf(shape.kind);
}

function sizeOf(shape: Shape): number {
  return shape.cols > 1 ? shape.cols * columnBytes(shape) : shape.rows * bytesOf(shape.kind);
}

const roundUp16 = (bytes: number): number => Math.ceil(bytes / 16) * 16;

function place(shapes: readonly Shape[]): { readonly members: readonly Placed[]; readonly stride: number } {
  let at = 0;
  const members = shapes.map((shape) => {
    const placed = { offset: at, shape };
    at += roundUp16(sizeOf(shape));
    return placed;
  });
  return { members, stride: at };
}

function structText(name: string, shapes: readonly Shape[]): string {
  return `struct ${name} { ${shapes.map((shape, i) => `@align(16) m${i}: ${typeText(carrier(shape))}`).join(', ')} }`;
}

function header(row: Row): string {
  const needsHalf = [...row.args, row.result].some((shape) => shape.kind === 'f16');
  return `${needsHalf ? 'enable f16;\n' : ''}${structText('Out', [row.result])}
@group(0) @binding(0) var<storage, read_write> out: array<Out>;
${row.before ?? ''}
`;
}

function resultText(row: Row, args: readonly string[]): string {
  const text = row.text(...args);
  return row.result.kind === 'bool' ? `${typeText(carrier(row.result))}(${text})` : text;
}

function runBuffers(row: Row, indices: readonly number[], source: Source): Uint8Array {
  const { members, stride } = place(row.args);
  const bytes = new Uint8Array(indices.length * stride);
  const view = new DataView(bytes.buffer);
  indices.forEach((index, i) => {
    let taken = 0;
    for (const { offset, shape } of members) {
      const scalars = row.cases[index]?.slice(taken, taken + countOf(shape)) ?? [];
      writeValue(view, i * stride + offset, shape, scalars);
      taken += countOf(shape);
    }
  });
  const invocations = row.isAlone === true ? 1 : 8;
  const declared = source === 'uniform' ? `var<uniform> given: array<In, ${indices.length}>` : 'var<storage, read> given: array<In>';
  const args = row.args.map((shape, i) => (shape.kind === 'bool' ? `(g.m${i} != ${typeText(carrier(shape))}())` : `g.m${i}`));
  const wgsl = `${header(row)}${structText('In', row.args)}
@group(0) @binding(1) ${declared};
@compute @workgroup_size(${invocations}) fn main(@builtin(global_invocation_id) id: vec3u) { let g = given[id.x]; out[id.x].m0 = ${resultText(row, args)}; }`;
  // Whoever has no case of its own computes the last one again, and writes the same.
  const groups = Math.ceil(indices.length / invocations);
  const cells = row.cellsBytes === undefined ? {} : { cells: new Uint8Array(row.cellsBytes) };
  return run(wgsl, row, indices.length, { given: bytes, ...cells }, groups, source === 'uniform' ? 'always' : 1);
}

function runConstants(row: Row, indices: readonly number[], source: Source): Uint8Array {
  const lines = indices.map((index, i) => {
    let taken = 0;
    const args = row.args.map((shape) => {
      const scalars = row.cases[index]?.slice(taken, taken + countOf(shape)) ?? [];
      taken += countOf(shape);
      return valueText(shape, scalars, source === 'abstract');
    });
    return `out[${i}].m0 = ${resultText(row, args)};`;
  });
  return run(`${header(row)}@compute @workgroup_size(1) fn main() {\n${lines.join('\n')}\n}`, row, indices.length, {}, 1);
}

function run(
  wgsl: string,
  row: Row,
  count: number,
  buffers: Record<string, Uint8Array>,
  groups: number,
  lanes: 1 | 4 | 'always' = 1,
): Uint8Array {
  const out = new Uint8Array(count * roundUp16(sizeOf(row.result)));
  return new Uint8Array(runWgsl(wgsl, { ...buffers, out }, { groups: [groups, 1, 1], lanes }).u32('out').buffer);
}

function valueText(shape: Shape, scalars: readonly number[], isAbstract: boolean): string {
  const parts = scalars.map((each) => scalarText(shape.kind, each, isAbstract));
  if (countOf(shape) === 1) return parts[0] ?? '';
  const type = shape.cols > 1 ? `mat${shape.cols}x${shape.rows}` : `vec${shape.rows}`;
  return `${isAbstract ? type : typeText(shape)}(${parts.join(', ')})`;
}

function scalarText(kind: Kind, value: number, isAbstract: boolean): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const digits = String(Math.abs(value));
  switch (kind) {
    case 'bool':
      return value === 0 ? 'false' : 'true';
    case 'u32':
      return isAbstract ? digits : `${digits}u`;
    case 'i32':
      if (isAbstract) return `(${sign}${digits})`;
      return value === -2147483648 ? 'i32(-2147483648)' : `(${sign}${digits}i)`;
    case 'f32':
    case 'f16': {
      const suffix = isAbstract ? (/[.e]/.test(digits) ? '' : '.0') : kind === 'f32' ? 'f' : 'h';
      return `(${sign}${digits}${suffix})`;
    }
  }
}

function writeValue(view: DataView, offset: number, shape: Shape, scalars: readonly number[]): void {
  scalars.forEach((value, i) => {
    const at = offset + Math.floor(i / shape.rows) * (shape.cols > 1 ? columnBytes(shape) : 0) + (i % shape.rows) * bytesOf(shape.kind);
    switch (shape.kind) {
      case 'f32':
        return view.setFloat32(at, value, true);
      case 'f16':
        return view.setUint16(at, halfBits(value), true);
      case 'i32':
        return view.setInt32(at, value, true);
      case 'u32':
      case 'bool':
        return view.setUint32(at, value, true);
    }
  });
}

function readValue(view: DataView, offset: number, shape: Shape): { readonly value: number; readonly bits: number }[] {
  return Array.from({ length: countOf(shape) }, (_, i) => {
    const at = offset + Math.floor(i / shape.rows) * (shape.cols > 1 ? columnBytes(shape) : 0) + (i % shape.rows) * bytesOf(shape.kind);
    const bits = shape.kind === 'f16' ? view.getUint16(at, true) : view.getUint32(at, true);
    switch (shape.kind) {
      case 'f32':
        return { value: view.getFloat32(at, true), bits };
      case 'f16':
        return { value: halfValue(bits), bits };
      case 'i32':
        return { value: view.getInt32(at, true), bits };
      case 'u32':
      case 'bool':
        return { value: bits, bits };
    }
  });
}

/** `value` is a number of the format already. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
}

export function halfValue(bits: number): number {
  const sign = (bits & 0x8000) !== 0 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function judge(row: Row, indices: readonly number[], out: Uint8Array, source: Source): Outcome {
  const view = new DataView(out.buffer, out.byteOffset);
  const stride = roundUp16(sizeOf(row.result));
  const wrong: string[] = [];
  const bits = new Map<number, readonly number[]>();
  let count = 0;
  indices.forEach((index, i) => {
    const scalars = row.cases[index] ?? [];
    const got = readValue(view, i * stride, carrier(row.result));
    bits.set(
      index,
      got.map((each) => each.bits),
    );
    row.expect(scalars).forEach((interval, part) => {
      count++;
      const value = got[part]?.value ?? Number.NaN;
      if (contains(interval, value)) return;
      const shown = row.text(...row.args.map(typeText));
      wrong.push(`${source} ${shown} of ${scalars.join(' ')} [${part}] is ${value}, not ${interval.low} to ${interval.high}`);
    });
  });
  return { count, wrong, refused: null, bits };
}
