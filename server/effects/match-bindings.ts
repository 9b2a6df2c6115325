// Matches the program's bindings by name to the stage's parameters, inputs and outputs; each mismatch is one sentence.
import { packUniform } from '../../src/compiler/pack-uniform.ts';
import type { Binding, Reflection } from '../../src/compiler/reflection.ts';
import { faultOfShardBinding } from '../../src/engine/shard-uniform.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { StageSpec } from '../../src/protocol/job.ts';

export const SHARD_STRUCT = 'Shard';
export const PARAMETERS_BINDING = 'parameters';
/** WebGPU's default limits: what every device has. */
export const DEVICE_LIMITS = { storageBuffers: 8, invocations: 256, bufferBytes: 128 * 1024 * 1024, uniformBytes: 65_536 } as const;

/** The packed `parameters`, or null when the program has none. Throws `bad-program` or `bad-spec`. */
export function matchBindings(reflection: Reflection, stage: StageSpec, inputs: Readonly<Record<string, Uint8Array>>): Uint8Array | null {
  if (reflection.usesNumWorkgroups) {
    throw new Fault('bad-program', 'num_workgroups tells the size of a slice, not of the stage; use shard.grid instead.');
  }
  const invocations = reflection.workgroupSize[0] * reflection.workgroupSize[1] * reflection.workgroupSize[2];
  if (invocations > DEVICE_LIMITS.invocations) {
    throw new Fault(
      'bad-program',
      `A workgroup has ${invocations} invocations, the limit is ${DEVICE_LIMITS.invocations}: make @workgroup_size smaller.`,
    );
  }
  const storage = reflection.bindings.filter((binding) => binding.space === 'storage').length;
  if (storage > DEVICE_LIMITS.storageBuffers) {
    throw new Fault(
      'bad-program',
      `The program has ${storage} storage buffers, the limit is ${DEVICE_LIMITS.storageBuffers}: join some of them.`,
    );
  }
  const shards = reflection.bindings.filter(isShardUniform);
  if (shards.length !== 1) {
    throw new Fault(
      'bad-program',
      'The program needs one uniform of a struct named Shard { first: vec3u, base: u32, count: u32, grid: vec3u }.',
    );
  }
  const misplaced = faultOfShardBinding(shards[0]!);
  if (misplaced)
    throw new Fault('bad-program', `${misplaced} Declare it as struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }.`);
  const names = new Set(reflection.bindings.map((binding) => binding.name));
  for (const [kind, entries] of [
    ['inputs', stage.inputs],
    ['outputs', stage.outputs],
  ] as const) {
    for (const name of Object.keys(entries)) {
      if (!names.has(name))
        throw new Fault('bad-spec', `${kind}.${name} has no binding of that name in the program.`, { facts: { field: `${kind}.${name}` } });
    }
  }
  for (const binding of reflection.bindings) if (!isShardUniform(binding)) matchBinding(binding, stage, inputs);
  return packParameters(reflection, stage);
}

function isShardUniform(binding: Binding): boolean {
  return binding.space === 'uniform' && binding.type.kind === 'struct' && binding.type.name === SHARD_STRUCT;
}

function matchBinding(binding: Binding, stage: StageSpec, inputs: Readonly<Record<string, Uint8Array>>): void {
  const { name } = binding;
  const isInput = Object.hasOwn(stage.inputs, name);
  const isOutput = Object.hasOwn(stage.outputs, name);
  const refuse = (sentence: string): never => {
    throw new Fault('bad-spec', sentence, { facts: { field: isOutput ? `outputs.${name}` : `inputs.${name}` } });
  };
  if (name === PARAMETERS_BINDING && binding.space === 'uniform') return;
  if (isInput && isOutput) refuse(`${name} is both an input and an output; give them two bindings.`);
  if (!isInput && !isOutput) refuse(`The program's binding ${name} is no input and no output of the stage; declare it or remove it.`);
  if (isOutput && (binding.space !== 'storage' || binding.access !== 'read_write'))
    refuse(`Output ${name} must be var<storage, read_write>.`);
  if (isInput && binding.access !== 'read') refuse(`Input ${name} must be read-only: var<storage, read> or var<uniform>.`);
  if (isOutput) return;
  const bytes = inputs[name]?.length ?? 0;
  const limit = binding.space === 'uniform' ? DEVICE_LIMITS.uniformBytes : DEVICE_LIMITS.bufferBytes;
  const slice = stage.inputs[name]!.slice;
  if (!slice && bytes < binding.minBytes) refuse(`Input ${name} has ${bytes} bytes, its binding needs at least ${binding.minBytes}.`);
  if (bytes > limit) refuse(`Input ${name} has ${bytes} bytes, the limit is ${limit}.`);
  const workgroups = stage.grid[0] * stage.grid[1] * stage.grid[2];
  if (slice && bytes !== slice.bytesPerWorkgroup * workgroups) {
    refuse(
      `Input ${name} has ${bytes} bytes, ${workgroups} workgroups of ${slice.bytesPerWorkgroup} need ${slice.bytesPerWorkgroup * workgroups}.`,
    );
  }
}

function packParameters(reflection: Reflection, stage: StageSpec): Uint8Array | null {
  const binding = reflection.bindings.find((candidate) => candidate.name === PARAMETERS_BINDING && candidate.space === 'uniform');
  if (!binding) {
    const given = Object.keys(stage.parameters);
    if (given.length === 0) return null;
    throw new Fault('bad-spec', `The program has no uniform named ${PARAMETERS_BINDING}, so ${given.join(', ')} cannot be given.`, {
      facts: { field: 'parameters' },
    });
  }
  try {
    return packUniform(binding.type, stage.parameters as Record<string, number | readonly number[]>);
  } catch (cause) {
    throw new Fault('bad-spec', `parameters: ${cause instanceof Error ? cause.message : 'cannot be packed.'}`, {
      facts: { field: 'parameters' },
      cause,
    });
  }
}
