/** Writes single WebAssembly instructions into a function's body, and knows which blocks are open around them. */
import type { ValueType } from '../ir/ir.ts';
import { opInfo } from '../ir/ops.ts';
import { ByteWriter } from './byte-writer.ts';

export const typeCode: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };
const emptyBlock = 0x40;

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

  /** The function's body as the code section wants it: locals, code, end. */
  finish(): ByteWriter {
    const body = new ByteWriter();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.localTypes) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.list(runs, (writer, run) => writer.unsigned(run.count).byte(typeCode[run.type]));
    return body.append(this.code.bytes).byte(0x0b);
  }
}
