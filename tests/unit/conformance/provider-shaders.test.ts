// Shaders on the WebGPU-shaped device, each written and run as one category of the conformance suite writes and runs its own.
import { describe, expect, test } from 'vitest';
import { openDevice, runOnProvider } from './run-on-provider.ts';

const device = await openDevice();

const SOURCES = {
  uniform: 'var<uniform>',
  storage_r: 'var<storage, read>',
  storage_rw: 'var<storage, read_write>',
} as const;

describe('expressions: inputs of every source, packed by stride, results in one array', () => {
  const output =
    'struct Output {\n  @size(16) value : vec3<f32>\n};\n@group(0) @binding(0) var<storage, read_write> outputs : array<Output, 2>;';
  const expected = new Uint32Array(new Float32Array([5, 7, 9, 0, -1, -2, -3, 0]).buffer);

  test.each(Object.entries(SOURCES))('%s', async (source, declaration) => {
    const code = `
struct Input {
  @size(16) param0 : vec3<f32>,
  @size(16) param1 : vec3<f32>,
}
${output}
@group(0) @binding(1) ${declaration} inputs : array<Input, 2>;
@compute @workgroup_size(1)
fn main() {
  for (var i = 0; i < 2; i++) {
    outputs[i].value = (inputs[i].param0)+(inputs[i].param1);
  }
}`;
    const inputs = new Float32Array([1, 2, 3, 99, 4, 5, 6, 99, 0, 0, 0, 99, -1, -2, -3, 99]);
    const out = await runOnProvider(device, {
      code,
      buffers: [
        { binding: 0, words: new Uint32Array(8) },
        { binding: 1, words: inputs, isUniform: source === 'uniform' },
      ],
    });
    expect(out.get(0)).toEqual(expected);
  });

  test('const, through an array of values that a loop copies', async () => {
    const code = `${output}
const values = array(
  (vec3(1.0f, 2.0f, 3.0f))+(vec3(4.0f, 5.0f, 6.0f)),
  (vec3(0.0f, 0.0f, 0.0f))+(vec3(-1.0f, -2.0f, -3.0f))
);
@compute @workgroup_size(1)
fn main() {
  for (var i = 0u; i < 2; i++) {
    outputs[i].value = values[i];
  }
}`;
    const out = await runOnProvider(device, { code, buffers: [{ binding: 0, words: new Uint32Array(8) }] });
    expect(out.get(0)).toEqual(expected);
  });
});

test('flow control: the order of events, counted in a storage buffer', async () => {
  const code = `
struct Outputs {
  count : u32,
  data  : array<u32>,
};
@group(0) @binding(0) var<storage, read>       inputs  : array<i32>;
@group(0) @binding(1) var<storage, read_write> outputs : Outputs;

fn push_output(value : u32) {
  outputs.data[outputs.count] = value;
  outputs.count++;
}
@compute @workgroup_size(1)
fn main() {
  _ = &inputs;
  _ = &outputs;
  var i = inputs[0];
  loop {
    push_output(1);
    if i == 2 { i++; continue; push_output(9); }
    push_output(2);
    i++;
    continuing { push_output(3); break if i == 4; }
  }
}`;
  const out = await runOnProvider(device, {
    code,
    buffers: [
      { binding: 0, words: new Int32Array([1]) },
      { binding: 1, words: new Uint32Array(12) },
    ],
  });
  expect([...(out.get(1) ?? [])]).toEqual([8, 1, 2, 3, 1, 3, 1, 2, 3, 0, 0, 0]);
});

test('memory layout: a struct written whole leaves its padding alone', async () => {
  const code = `
struct S { a : u32, b : vec3<u32>, c : vec2<u32>, }
@group(0) @binding(0) var<storage, read_write> buffer : S;
@compute @workgroup_size(1)
fn main() { buffer = S(0x12345678, vec3(0xabcdef01), vec2(0x98765432)); }`;
  const out = await runOnProvider(device, { code, buffers: [{ binding: 0, words: new Uint32Array(12).fill(7) }] });
  const [a, b, c] = [0x12345678, 0xabcdef01, 0x98765432];
  expect([...(out.get(0) ?? [])]).toEqual([a, 7, 7, 7, b, b, b, 7, c, c, 7, 7]);
});

test('workgroup sizes from constants, atomics, barriers and zeroed workgroup memory', async () => {
  const code = `
override width : u32;
@id(7) override height : u32 = 1;
var<workgroup> sum : atomic<u32>;
@group(0) @binding(0) var<storage, read_write> out : array<u32>;
@compute @workgroup_size(width + 1, height)
fn main(@builtin(local_invocation_index) index : u32, @builtin(workgroup_id) group : vec3u, @builtin(num_workgroups) all : vec3u) {
  atomicAdd(&sum, index);
  workgroupBarrier();
  if index == 0 { out[group.x] = atomicLoad(&sum) + 1000 * all.x; }
}`;
  const out = await runOnProvider(device, {
    code,
    constants: { width: 3, 7: 2 },
    groups: [3, 1, 1],
    buffers: [{ binding: 0, words: new Uint32Array(4) }],
  });
  expect([...(out.get(0) ?? [])]).toEqual([3028, 3028, 3028, 0]);
});

test.each(['lanes=1', 'optimize=false', 'fuel=100000'])('the option %s changes no result', async (option) => {
  const code = `
@group(0) @binding(0) var<storage, read_write> out : array<u32>;
@compute @workgroup_size(8)
fn main(@builtin(local_invocation_index) index : u32) {
  var x = index * 2654435761u;
  for (var i = 0u; i < index; i++) { x = (x << 5u) ^ (x >> 3u); }
  out[index] = x;
}`;
  const buffers = [{ binding: 0, words: new Uint32Array(8) }];
  const other = await openDevice([option]);
  expect(await runOnProvider(other, { code, buffers })).toEqual(await runOnProvider(device, { code, buffers }));
});

test('an endless loop ends with its fuel, and says so', async () => {
  const bounded = await openDevice(['fuel=1000']);
  const code =
    '@group(0) @binding(0) var<storage, read_write> o : u32;\n@compute @workgroup_size(1)\nfn main() { while (o < 2) { o ^= 1; } }';
  await expect(runOnProvider(bounded, { code, buffers: [{ binding: 0, words: new Uint32Array(1) }] })).rejects.toThrow(/more work/);
});

test('a shader that the compiler refuses is an error, never a result', async () => {
  const code = '@group(0) @binding(0) var t : texture_2d<f32>;\n@compute @workgroup_size(1)\nfn main() { _ = textureLoad(t, vec2(0), 0); }';
  await expect(runOnProvider(device, { code, buffers: [] })).rejects.toThrow(/texture/);
});
