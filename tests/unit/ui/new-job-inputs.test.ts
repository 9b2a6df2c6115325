// The inputs of a blank job: which bindings a text reads, and the JSON that follows every file.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MAX_BLOB_BYTES } from '../../../server/http/limits.ts';
import { reflect } from '../../../src/compiler/reflect.ts';
import { Fault } from '../../../src/protocol/fault.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import { JOB_LIMITS } from '../../../src/protocol/parse-job-spec.ts';
import { listTemplates } from '../../../src/requester/list-templates.ts';
import { BLANK_PROGRAM, BLANK_SHAPE } from '../../../src/ui/pages/new-job/blank-program.ts';
import { makeDraft, parseDraft } from '../../../src/ui/pages/new-job/draft.ts';
import { findField, findInput } from '../../../src/ui/pages/new-job/find-field.ts';
import { formatShape } from '../../../src/ui/pages/new-job/format-shape.ts';
import { makeBlankSpec } from '../../../src/ui/pages/new-job/make-spec.ts';
import { MAX_INPUT_BYTES, readInputFile } from '../../../src/ui/pages/new-job/read-input-file.ts';
import { scanInputs } from '../../../src/ui/pages/new-job/scan-inputs.ts';
import { dropInput, putInput, readInputs, renameInput } from '../../../src/ui/pages/new-job/shape-inputs.ts';

const A = 'a'.repeat(64) as Digest;
const B = 'b'.repeat(64) as Digest;

async function faultOf(run: () => unknown): Promise<Fault> {
  try {
    await run();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('nothing was refused');
}

describe('a glance at a program', () => {
  it.each([
    ['var<storage, read> numbers: array<f32>;', ['numbers']],
    ['var<storage,read>numbers:array<f32>;', ['numbers']],
    ['var < storage > numbers : array<u32>;', ['numbers']],
    ['var<uniform> camera: Camera;', ['camera']],
    ['var<storage, read> a: A;\n@group(0) @binding(9)\nvar<storage, read>\n  b: B;\nvar<storage, read> a: A;', ['a', 'b']],
    ['var<uniform> place: Shard; var<uniform> shard: Shard; var<uniform> parameters: Parameters;', []],
    ['var<storage, read_write> pixels: array<u32>; var<workgroup> w: u32; var<private> p: u32; var x: u32;', []],
    ['// var<storage, read> a: A;\n/* var<storage, read> b: B; */ var<storage, read> c: C;', ['c']],
    [BLANK_PROGRAM, []],
    ['', []],
  ])('%j reads %j', (wgsl, names) => {
    expect(scanInputs(wgsl)).toEqual(names);
  });

  it.each(listTemplates().map(({ id }) => id))('finds in %s what the compiler finds', (id) => {
    const wgsl = readFileSync(new URL(`../../../shaders/${id}/${id}.wgsl`, import.meta.url), 'utf8');
    const read = reflect(wgsl).bindings.filter(({ name, access }) => access === 'read' && name !== 'parameters' && name !== 'shard');
    expect([...scanInputs(wgsl)].sort()).toEqual(read.map(({ name }) => name).sort());
  });
});

describe('the shape of the data', () => {
  it('is printed as it comes', () => {
    expect(formatShape(JSON.parse(BLANK_SHAPE))).toBe(BLANK_SHAPE);
  });

  it('takes an input, renames it in its place and drops it, the rest unchanged', () => {
    const one = putInput(BLANK_SHAPE, { name: 'numbers', digest: A });
    expect(one).toContain(`"inputs": {\n    "numbers": { "digest": "${A}" }\n  }`);
    const two = putInput(one, { name: 'weights', digest: B });
    expect(readInputs(two)).toEqual([
      { name: 'numbers', digest: A },
      { name: 'weights', digest: B },
    ]);
    const renamed = renameInput(two, 'numbers', 'values');
    expect(readInputs(renamed)?.map(({ name }) => name)).toEqual(['values', 'weights']);
    expect(dropInput(dropInput(renamed, 'values'), 'weights')).toBe(BLANK_SHAPE);
  });

  it('keeps the slice of an input that is renamed', () => {
    const shape = JSON.stringify({ inputs: { a: { digest: A, slice: { bytesPerWorkgroup: 16 } } } });
    expect(JSON.parse(renameInput(shape, 'a', 'b'))).toEqual({ inputs: { b: { digest: A, slice: { bytesPerWorkgroup: 16 } } } });
  });

  it('is a valid spec with its input', () => {
    const shape = putInput(BLANK_SHAPE, { name: 'numbers', digest: A });
    expect(makeBlankSpec({ ...makeDraft('blank', []), shape }).stages[0]?.inputs).toEqual({ numbers: { digest: A } });
  });

  it.each(['{', '[]', 'null', '{"inputs": []}', '{"inputs": 3}'])('%s has no inputs to read and takes none', async (shape) => {
    expect(readInputs(shape)).toBeNull();
    const fault = await faultOf(() => putInput(shape, { name: 'a', digest: A }));
    expect(fault.body).toMatchObject({ code: 'bad-spec', facts: { field: 'shape' } });
  });

  it.each(['', '9a', 'a b', 'a-b', 'parameters', 'taken', 'n'.repeat(65)])(
    'takes no input named %j, and says so at the name',
    async (name) => {
      const shape = putInput(BLANK_SHAPE, { name: 'taken', digest: A });
      for (const run of [
        () => putInput(shape, { name, digest: B }),
        () => renameInput(putInput(shape, { name: 'x', digest: B }), 'x', name),
      ]) {
        const fault = await faultOf(run);
        expect(fault.facts.field).toBe('name');
        expect(fault.message).toMatch(/\.$/);
      }
    },
  );

  it.each(['_', 'n'.repeat(64), 'constructor', '__proto__'])('takes an input named %s', (name) => {
    expect(readInputs(putInput(BLANK_SHAPE, { name, digest: A }))).toEqual([{ name, digest: A }]);
  });

  it(`takes ${JOB_LIMITS.inputs} inputs and not one more`, async () => {
    let shape = BLANK_SHAPE;
    for (let at = 0; at < JOB_LIMITS.inputs; at += 1) shape = putInput(shape, { name: `i${at}`, digest: A });
    expect(readInputs(shape)).toHaveLength(JOB_LIMITS.inputs);
    expect((await faultOf(() => putInput(shape, { name: 'more', digest: A }))).message).toContain(`at most ${JOB_LIMITS.inputs} inputs`);
    expect(readInputs(renameInput(shape, 'i0', 'other'))).toHaveLength(JOB_LIMITS.inputs);
  });
});

describe('a chosen file', () => {
  const file = (size: number, bytes = new Uint8Array([1, 2, 3])) => ({ name: 'f.bin', size, arrayBuffer: async () => bytes.buffer });

  it('may be as large as the coordinator takes and not a byte larger', async () => {
    expect(MAX_INPUT_BYTES).toBe(MAX_BLOB_BYTES);
    expect([...(await readInputFile(file(MAX_INPUT_BYTES)))]).toEqual([1, 2, 3]);
    const fault = await faultOf(() => readInputFile(file(MAX_INPUT_BYTES + 1)));
    expect(fault.code).toBe('too-large');
    expect(fault.message).toContain('67.1 MB');
  });

  it('that is empty or gone says so', async () => {
    expect((await faultOf(() => readInputFile(file(0)))).message).toContain('empty');
    const gone = { name: 'f.bin', size: 4, arrayBuffer: () => Promise.reject(new Error('NotReadableError')) };
    expect((await faultOf(() => readInputFile(gone))).message).toContain('Choose it again');
  });
});

describe('a draft with files', () => {
  const draft = { ...makeDraft('blank', []), uploads: [{ digest: A, bytes: 3, file: 'f.bin' }] };
  it('survives being kept, without their bytes', () => {
    expect(parseDraft(JSON.parse(JSON.stringify(draft)), [])).toEqual(draft);
  });
  it.each([undefined, null, {}, [null], [{ digest: A, file: 'f' }], [{ digest: 1, bytes: 3, file: 'f' }]])(
    'is dropped for %j',
    (uploads) => {
      expect(parseDraft({ ...draft, uploads }, [])).toBeNull();
    },
  );
});

describe('a refusal of an input', () => {
  it.each([
    ['inputs.numbers', true, 'inputs', 'numbers'],
    ['stages.0.inputs.numbers.digest', true, 'inputs', 'numbers'],
    ['inputs.numbers', false, 'form', 'numbers'],
    ['stages.0.inputs', true, 'shape', null],
    ['stages.0.outputs.pixels', true, 'shape', null],
  ] as const)('at %s, blank %s, lands at %s', (field, isBlank, place, name) => {
    const fault = { code: 'bad-spec', sentence: 's', facts: { field } } as const;
    expect(findField(fault, isBlank)).toBe(place);
    expect(findInput(fault)).toBe(name);
  });
});
