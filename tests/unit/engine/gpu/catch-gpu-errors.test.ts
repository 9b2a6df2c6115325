// Errors that WebGPU tells later come back from the call that made them, with a code of ours.
import { expect, test } from 'vitest';
import { EngineError } from '../../../../src/engine/backend.ts';
import { catchGpuErrors } from '../../../../src/engine/gpu/catch-gpu-errors.ts';

/** Scopes nest; `errors` says what each filter has caught. */
function makeDevice(errors: Readonly<Record<string, string>>, isLost = false): GPUDevice {
  const scopes: string[] = [];
  return {
    pushErrorScope: (filter: string) => scopes.push(filter),
    popErrorScope: async () => {
      const message = errors[scopes.pop() as string];
      if (isLost) throw new DOMException('lost', 'OperationError');
      return message === undefined ? null : { message };
    },
  } as unknown as GPUDevice;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    (value) => `value ${String(value)}`,
    (fault: unknown) => (fault instanceof EngineError ? `${fault.code}: ${fault.message}` : 'another fault'),
  );
}

test.each([
  [{}, 'value 7'],
  [{ validation: 'bad size' }, 'program: The GPU refuses this program: bad size'],
  [{ 'out-of-memory': 'no room' }, 'out-of-memory: The GPU has no memory left for this program: no room'],
  [{ internal: 'oops' }, 'program: The GPU driver failed on this program: oops'],
])('%o', async (errors, expected) => {
  expect(await codeOf(catchGpuErrors(makeDevice(errors), () => 7))).toBe(expected);
});

test('a call that throws is a fault of the program, unless it says otherwise itself', async () => {
  const throwing = (fault: Error) => () => {
    throw fault;
  };
  expect(await codeOf(catchGpuErrors(makeDevice({}), throwing(new TypeError('not a buffer'))))).toMatch(/^program: .*not a buffer/);
  expect(await codeOf(catchGpuErrors(makeDevice({}), throwing(new EngineError('out-of-memory', 'too large'))))).toBe(
    'out-of-memory: too large',
  );
});

test('a device that is gone is a loss', async () => {
  expect(await codeOf(catchGpuErrors(makeDevice({}, true), () => 7))).toBe('device-lost: The GPU went away.');
});
