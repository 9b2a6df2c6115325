/** Writes single WebAssembly instructions into a function's body, and knows which blocks are open around them. */
import { SourceFault } from '../diagnostics.ts';
import type { ValueType } from '../ir/ir.ts';
import { opInfo } from '../ir/ops.ts';
import { ByteWriter } from './byte-writer.ts';

export const typeCode: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const emptyBlock = 0x40;

/** What browsers take, parameters left room for; they agreed on these numbers. */
export const maxLocals = 49_000;
const maxBodyBytes = 7_654_321;

/** Instruction and alignment. Four lanes are only as aligned as one. */
export const loadCodes: Readonly<Record<ValueType, readonly number[]>> = {
  i32: [0x28, 2],
  i64: [0x29, 3],
  f32: [0x2a, 2],
  f64: [0x2b, 3],
  v128: [0xfd, 0x00, 2],
};
export const storeCodes: Readonly<Record<ValueType, readonly number[]>> = {
  i32: [0x36, 2],
  i64: [0x37, 3],
  f32: [0x38, 2],
  f64: [0x39, 3],
  v128: [0xfd, 0x0b, 2],
};
/** Of 16 bits, for halves. */
export const load16 = [0x2f, 1] as const;
export const store16 = [0x3b, 1] as const;

interface Label {
  /** null: a block no jump means. */
  readonly label: number | null;
  readonly kind: 'break' | 'continue' | 'none';
}

export class InstructionWriter {
  readonly code = new ByteWriter();
  readonly localTypes: ValueType[] = [];
  private readonly labels: Label[] = [];
  private readonly parameterCount: number;

  constructor(parameterCount: number) {
    this.parameterCount = parameterCount;
  }

  /** A new WebAssembly local. */
  addLocal(type: ValueType): number {
    return this.parameterCount + this.localTypes.push(type) - 1;
  }

  get(local: number): void {
    this.code.byte(0x20).unsigned(local);
  }

  put(local: number): void {
    this.code.byte(0x21).unsigned(local);
  }

  i32(value: number): void {
    this.code.byte(0x41).signed(value | 0);
  }

  op(name: string): void {
    this.code.byte(...opInfo(name).code);
  }

  globalGet(index: number): void {
    this.code.byte(0x23).unsigned(index);
  }

  globalSet(index: number): void {
    this.code.byte(0x24).unsigned(index);
  }

  call(index: number): void {
    this.code.byte(0x10).unsigned(index);
  }

  block(label: number | null, kind: Label['kind'], write: () => void): void {
    this.structured(0x02, label, kind, write);
  }

  loop(label: number | null, kind: Label['kind'], write: () => void): void {
    this.structured(0x03, label, kind, write);
  }

  /** With the condition on the stack. */
  ifElse(yes: () => void, no: (() => void) | null): void {
    this.code.byte(0x04, emptyBlock);
    this.labels.push({ label: null, kind: 'none' });
    yes();
    if (no !== null) {
      this.code.byte(0x05);
      no();
    }
    this.labels.pop();
    this.code.byte(0x0b);
  }

  private structured(opcode: number, label: number | null, kind: Label['kind'], write: () => void): void {
    this.code.byte(opcode, emptyBlock);
    this.labels.push({ label, kind });
    write();
    this.labels.pop();
    this.code.byte(0x0b);
  }

  protected depthOf(label: number, kind: 'break' | 'continue'): number {
    for (let i = this.labels.length - 1; i >= 0; i--) {
      if (this.labels[i]?.label === label && this.labels[i]?.kind === kind) return this.labels.length - 1 - i;
    }
    throw new Error(`no ${kind} label ${label}`);
  }

  jump(label: number, kind: 'break' | 'continue'): void {
    this.code.byte(0x0c).unsigned(this.depthOf(label, kind));
  }

  /** A jump outwards by a number of open blocks. */
  branch(depth: number, isConditional: boolean): void {
    this.code.byte(isConditional ? 0x0d : 0x0c).unsigned(depth);
  }

  protected constant(type: ValueType, value: number | bigint): void {
    switch (type) {
      case 'i32':
        return this.i32(Number(value));
      case 'i64':
        this.code.byte(0x42).signed(BigInt(value));
        return;
      case 'f32':
        this.code.byte(0x43).f32(Number(value));
        return;
      case 'f64':
        this.code.byte(0x44).f64(Number(value));
        return;
      case 'v128':
        this.code.byte(0xfd, 0x0c).v128(BigInt(value));
    }
  }

  protected open(): void {
    this.code.byte(0x02, emptyBlock);
    this.labels.push({ label: null, kind: 'none' });
  }

  protected close(): void {
    this.code.byte(0x0b);
    this.labels.pop();
  }

  /** Chooses one of the open blocks by a local, through a table. */
  protected jumpTable(
    scratch: number,
    cases: readonly { readonly values: readonly number[] }[],
    low: number,
    span: number,
    defaultDepth: number,
  ): void {
    this.get(scratch);
    if (low !== 0) {
      this.i32(low);
      this.op('i32.sub');
    }
    const depths = Array.from({ length: span }, (_, i) => {
      const found = cases.findIndex((each) => each.values.includes(low + i));
      return found < 0 ? defaultDepth : found;
    });
    this.code
      .byte(0x0e)
      .list(depths, (writer, depth) => writer.unsigned(depth))
      .unsigned(defaultDepth);
  }

  /** Chooses one of the open blocks by a local, comparing one by one. */
  protected jumpChain(scratch: number, cases: readonly { readonly values: readonly number[] }[], defaultDepth: number): void {
    cases.forEach((each, depth) => {
      for (const value of each.values) {
        this.get(scratch);
        this.i32(value);
        this.op('i32.eq');
        this.branch(depth, true);
      }
    });
    this.branch(defaultDepth, false);
  }

  /** The function's body as the code section wants it: locals, code, end. */
  finish(): ByteWriter {
    if (this.localTypes.length > maxLocals) {
      const message = `A function of this shader needs more than ${maxLocals} variables once others are put into it; make it smaller.`;
      throw new SourceFault('limit', message, null);
    }
    const body = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.list(runs, (writer, run) => writer.unsigned(run.count).byte(typeCode[run.type]));
    body.append(this.code.bytes).byte(0x0b);
    if (body.bytes.length > maxBodyBytes)
      throw new SourceFault('limit', `A function of this shader takes more than ${maxBodyBytes} bytes; make it smaller.`, null);
    return body;
  }
}
