// What computes and why: each way that WebGPU can be missing ends at the CPU with its own reason.
import { expect, test } from 'vitest';
import type { Backend } from '../../../src/engine/backend.ts';
import { type BackendWishes, chooseBackend } from '../../../src/engine/choose-backend.ts';

const cpu: Backend = { kind: 'cpu', label: 'CPU', prepare: () => Promise.reject(new Error('not here')), destroy: () => {} };

function makeAdapter(info: Partial<GPUAdapterInfo>, requestDevice: () => Promise<GPUDevice>): GPUAdapter {
  return {
    info: { vendor: '', architecture: '', device: '', description: '', isFallbackAdapter: false, ...info },
    limits: {},
    requestDevice,
  } as unknown as GPUAdapter;
}

const device = { limits: {}, lost: new Promise(() => {}) } as unknown as GPUDevice;

function wish(adapter: () => Promise<GPUAdapter | null>, change: Partial<BackendWishes> = {}): BackendWishes {
  const gpu = { requestAdapter: adapter } as unknown as GPU;
  return { gpu, want: 'any', softwareGpu: 'use', powerPreference: 'low-power', onLost: () => {}, createCpu: () => cpu, ...change };
}

test('a real GPU is ranked as one', async () => {
  const chosen = await chooseBackend(wish(async () => makeAdapter({ vendor: 'acme', architecture: 'rocket' }, async () => device)));
  expect(chosen).toMatchObject({ reason: 'gpu', deviceClass: 'gpu', isFallback: false });
  expect(chosen.backend.label).toBe('GPU (acme rocket)');
});

test('a real GPU is used though software ones are avoided', async () => {
  const chosen = await chooseBackend(wish(async () => makeAdapter({ vendor: 'acme' }, async () => device), { softwareGpu: 'avoid' }));
  expect(chosen.reason).toBe('gpu');
});

test.each([
  ['the browser says so', { isFallbackAdapter: true, vendor: 'x' }],
  ['its name says so', { description: 'SwiftShader driver 5.0.0' }],
  ['Mesa’s name says so', { device: 'llvmpipe (LLVM 15)' }],
])('a software GPU is used but counts as a CPU: %s', async (_why, info) => {
  const chosen = await chooseBackend(wish(async () => makeAdapter(info, async () => device)));
  expect(chosen).toMatchObject({ reason: 'software-gpu', deviceClass: 'cpu', isFallback: true });
  expect(chosen.backend.kind).toBe('gpu');
});

test.each([
  ['asked-for-cpu', wish(async () => makeAdapter({}, async () => device), { want: 'cpu' })],
  ['software-gpu-avoided', wish(async () => makeAdapter({ isFallbackAdapter: true }, async () => device), { softwareGpu: 'avoid' })],
  ['no-webgpu', wish(async () => null, { gpu: undefined })],
  ['no-adapter', wish(async () => null)],
  ['no-adapter', wish(() => Promise.reject(new Error('A valid external Instance reference no longer exists.')))],
  ['no-device', wish(async () => makeAdapter({}, () => Promise.reject(new Error('limits'))))],
] as const)('%s: the CPU computes and a sentence says why', async (reason, wishes) => {
  const chosen = await chooseBackend(wishes);
  expect(chosen).toMatchObject({ reason, deviceClass: 'cpu', isFallback: false });
  expect(chosen.backend).toBe(cpu);
  expect(chosen.sentence).toMatch(/CPU/);
});
