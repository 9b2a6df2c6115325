// The example in shaders/README.md is a program that runs: its job passes the gate and the CPU computes what it promises.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packUniform } from '../../../src/compiler/pack-uniform.ts';
import { reflect } from '../../../src/compiler/reflect.ts';
import type { BufferInit } from '../../../src/engine/backend.ts';
import { createCpuBackend } from '../../../src/engine/cpu/create-cpu-backend.ts';
import { createDutyKeeper } from '../../../src/engine/keep-duty.ts';
import { makePace } from '../../../src/engine/pace-slices.ts';
import { runShard } from '../../../src/engine/run-shard.ts';
import { parseJobSpec } from '../../../src/protocol/parse-job-spec.ts';

const page = readFileSync(join(import.meta.dirname, '../../../shaders/README.md'), 'utf8');

function pickBlock(language: string): string {
  const text = page.match(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``))?.[1];
  if (text === undefined) throw new Error(`shaders/README.md has no block of ${language}.`);
  return text;
}

const wgsl = pickBlock('wgsl');
const spec = parseJobSpec(JSON.parse(pickBlock('json').replace('"the text above"', JSON.stringify(wgsl))));
const numbers = new Uint8Array(Float32Array.from({ length: 256 }, (_, index) => index).buffer);

test('its digest is that of 256 numbers', () => {
  expect(spec.stages[0]?.inputs.numbers).toEqual({ digest: createHash('sha256').update(numbers).digest('hex') });
});

test('the CPU squares each number, shard by shard', async () => {
  const stage = spec.stages[0]!;
  const reflection = reflect(wgsl);
  const type = reflection.bindings.find((binding) => binding.name === 'parameters')!.type;
  const program = await createCpuBackend().prepare({ wgsl, module: null, reflection });
  const found: number[] = [];
  for (let base = 0; base < 4; base += stage.workgroupsPerShard) {
    const bound = await program.bind(
      new Map<string, BufferInit>([
        ['parameters', { bytes: packUniform(type, stage.parameters) }],
        ['numbers', { bytes: numbers }],
        ['squares', { zeroBytes: stage.workgroupsPerShard * 256 }],
      ]),
    );
    const outcome = await runShard({
      program: bound,
      shard: { base, count: stage.workgroupsPerShard, grid: stage.grid },
      outputs: ['squares'],
      pace: makePace(),
      duty: createDutyKeeper({ rhythm: { targetMs: 16, duty: 1 }, nowMs: () => 0, sleepMs: async () => {}, yieldTurn: async () => {} }),
      shouldStop: () => false,
    });
    if (outcome.kind !== 'done') throw new Error('It was not told to stop.');
    const bytes = outcome.outputs.get('squares')!;
    found.push(...new Float32Array(bytes.slice().buffer));
  }
  expect(found).toEqual(Array.from({ length: 256 }, (_, index) => index * index));
});
