/** The buffers that every generated shader meets, the same for all who run it. */
import type { TypeLayout } from '../../../src/compiler/reflection.ts';
import { createRandom } from '../../simulation/random.ts';
import { dataWords } from './scene.ts';
import type { Program } from './tree.ts';

export interface BufferSpec {
  readonly name: string;
  readonly binding: number;
  readonly space: 'uniform' | 'storage';
  readonly isWritten: boolean;
  readonly bytes: Uint8Array;
}

interface BoundVariable {
  readonly name: string;
  readonly binding: number;
  readonly space: 'uniform' | 'storage';
  readonly access: 'read' | 'read_write';
  readonly type: TypeLayout;
}

function bytesOf(words: Uint32Array | Float32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

const edges = [0, 1, 2, 3, 5, 31, 32, 33, 255, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 0xffff, 0x10000];

function makeData(): Uint32Array {
  const random = createRandom(4711);
  return Uint32Array.from({ length: dataWords }, () => {
    if (random.isTrue(0.35)) return random.below(16);
    return random.isTrue(0.3) ? random.pick(edges) : Math.floor(random.next() * 2 ** 32);
  });
}

const oddFloats = [
  0x7fc00000, 0x7f800000, 0xff800000, 0x80000000, 1, 0x807fffff, 0x7f7fffff, 0xff7fffff, 0xffc12345, 0x00800000, 0x4b000000, 0x3effffff,
];

/** Multiples of an eighth; for wild shaders also everything that a float can be. */
function makeFloats(isWild: boolean): Uint32Array {
  const random = createRandom(4712);
  const floats = Float32Array.from({ length: dataWords }, () =>
    random.isTrue(0.3) ? random.below(9) - 4 : (random.below(1600) - 800) / 8,
  );
  const words = new Uint32Array(floats.buffer);
  if (isWild) words.forEach((_, i) => (words[i] = random.isTrue(0.2) ? random.pick(oddFloats) : (words[i] ?? 0)));
  return words;
}

function makeParams(): Uint8Array {
  const words = new Uint32Array(32);
  const floats = new Float32Array(words.buffer);
  words.set([13, 5, 0, 26, 3, 0xfffffff0, 7, 100]);
  floats[2] = 1.625;
  floats.set([0.5, -3, 12.125, 8], 8);
  words.set([1, 2, 3, 4, 0xffffffff, 0xfffffff6, 9, 0x80000000, 77, 0, 6, 5], 12);
  floats.set([1, 2, -0.25, 4, 0.75, -6, 7, 8], 24);
  return bytesOf(words);
}

const fixed = { data: bytesOf(makeData()), params: makeParams(), tame: bytesOf(makeFloats(false)), wild: bytesOf(makeFloats(true)) };

/** Small words, which are tame floats of nothing in host-shared structs: zeros, so that no float starts as something odd. */
function makeCells(type: TypeLayout, invocations: number): Uint8Array {
  const stride = type.kind === 'array' ? type.stride : 4;
  return new Uint8Array(stride * invocations);
}

export function makeBuffers(program: Program, bindings: readonly BoundVariable[]): readonly BufferSpec[] {
  const size = program.workgroupSize.reduce((a, b) => a * b, 1);
  const invocations = size * program.groups.reduce((a, b) => a * b, 1);
  const contents = (name: string, type: TypeLayout): Uint8Array => {
    switch (name) {
      case 'data':
        return fixed.data.slice(0, program.dataWords * 4);
      case 'fdata':
        return (program.isWild ? fixed.wild : fixed.tame).slice(0, program.dataWords * 4);
      case 'params':
        return fixed.params;
      case 'out':
        return bytesOf(Uint32Array.from({ length: invocations * program.perInvocation }, (_, i) => (i * 7) % 23));
      case 'fout':
        return bytesOf(Float32Array.from({ length: invocations * program.perInvocation }, (_, i) => ((i * 5) % 17) - 8));
      case 'approx':
        return new Uint8Array(invocations * 4);
      case 'cells':
        return makeCells(type, invocations);
      default:
        return bytesOf(Uint32Array.from({ length: 16 }, (_, i) => (i === 6 || i === 7 || i === 12 || i === 13 ? 0x7fffffff : 0)));
    }
  };
  return bindings.map(({ name, binding, space, access, type }) => ({
    name,
    binding,
    space,
    isWritten: access === 'read_write',
    bytes: contents(name, type),
  }));
}
