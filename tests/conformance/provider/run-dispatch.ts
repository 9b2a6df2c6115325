// Runs one dispatch: copies the bound ranges into the program's memory, runs it, and copies what it may have written back.
import type { Binding } from '../../../src/compiler/reflection.ts';
import type { BufferInit } from '../../../src/engine/backend.ts';
import type { BufferRange, CpuBindGroup } from './bindings.ts';
import type { CpuComputePipeline } from './compute-pipeline.ts';
import type { ShaderPrograms } from './shader-programs.ts';

export type Grid = readonly [number, number, number];

export interface BoundGroup {
  readonly group: CpuBindGroup;
  readonly dynamicOffsets: readonly number[];
}

/** A binding of the shader and the range it sees. */
interface BoundRange {
  readonly binding: Binding;
  readonly range: BufferRange;
}

/** Everything a dispatch will touch, or why it may not run. */
export function readDispatch(
  pipeline: CpuComputePipeline | null,
  groups: ReadonlyMap<number, BoundGroup>,
): { readonly pipeline: CpuComputePipeline; readonly ranges: readonly BoundRange[] } | string {
  if (pipeline?.program == null) return 'There is no valid pipeline to dispatch.';
  for (const [index, layout] of pipeline.layout.groups.entries()) {
    if (layout === null || layout.entries.length === 0) continue;
    const bound = groups.get(index);
    if (bound === undefined) return `Bind group ${index} is not set.`;
    if (!bound.group.layout.isSameAs(layout)) return `Bind group ${index} was made for another layout.`;
  }
  const ranges: BoundRange[] = [];
  for (const binding of pipeline.program.info.reflection.bindings) {
    const bound = groups.get(binding.group);
    const range = bound === undefined ? undefined : shiftedRange(bound, binding.binding);
    if (range === undefined) return `Nothing is bound at @group(${binding.group}) @binding(${binding.binding}).`;
    if (range.bytes < binding.minBytes)
      return `"${binding.name}" sees ${range.bytes} bytes; the shader needs at least ${binding.minBytes}.`;
    ranges.push({ binding, range });
  }
  const fault = faultOfOverlap(ranges);
  return fault ?? { pipeline, ranges };
}

function shiftedRange({ group, dynamicOffsets }: BoundGroup, binding: number): BufferRange | undefined {
  const range = group.ranges.get(binding);
  const dynamic = group.layout.entries.filter((each) => each.hasDynamicOffset);
  const offset = dynamicOffsets[dynamic.findIndex((each) => each.binding === binding)] ?? 0;
  return range === undefined ? undefined : { ...range, offset: range.offset + offset };
}

/** Ranges are copied in and out one by one, so two that share bytes would lose a write; WebGPU forbids it too. */
function faultOfOverlap(ranges: readonly BoundRange[]): string | null {
  for (const [i, a] of ranges.entries()) {
    for (const b of ranges.slice(i + 1)) {
      const shares =
        a.range.buffer === b.range.buffer &&
        a.range.offset < b.range.offset + b.range.bytes &&
        b.range.offset < a.range.offset + a.range.bytes;
      if (shares && (a.binding.access === 'read_write' || b.binding.access === 'read_write'))
        return `"${a.binding.name}" and "${b.binding.name}" share bytes, and one of them may be written.`;
    }
  }
  return null;
}

/** Throws EngineError when memory does not suffice or the program breaks off. */
export function runDispatch(
  programs: ShaderPrograms,
  dispatch: { readonly pipeline: CpuComputePipeline; readonly ranges: readonly BoundRange[] },
  grid: Grid,
): void {
  const { program } = dispatch.pipeline;
  if (program === null || Math.min(...grid) === 0) return;
  const instance = programs.instanceOf(program);
  instance.fill(new Map(dispatch.ranges.map(({ binding, range }): [string, BufferInit] => [binding.name, { bytes: viewOf(range) }])));
  instance.setGrid(grid);
  instance.run([0, 0, 0], grid);
  for (const { binding, range } of dispatch.ranges) {
    if (binding.access === 'read_write') viewOf(range).set(instance.read(binding.name));
  }
}

function viewOf({ buffer, offset, bytes }: BufferRange): Uint8Array {
  return buffer.bytes.subarray(offset, offset + bytes);
}
