// The comparison of one output inside the shape of the data, changed in its JSON text; the rest stays as it was.
import { Fault } from '../../../protocol/fault.ts';
import type { Comparison } from '../../../protocol/job.ts';
import { formatShape } from './format-shape.ts';

type Json = Readonly<Record<string, unknown>>;

/** Throws `bad-spec` at `shape` for a text that is no JSON or has no such output. */
export function putComparison(shape: string, output: string, comparison: Comparison): string {
  const whole = parse(shape);
  const outputs = isObject(whole?.outputs) ? whole.outputs : {};
  const before = outputs[output];
  if (whole === null || !isObject(before)) {
    throw new Fault('bad-spec', `The shape of the data is not JSON with an output ${output}; mend it, then choose the comparison again.`, {
      facts: { field: 'shape' },
    });
  }
  return formatShape({ ...whole, outputs: { ...outputs, [output]: { ...before, comparison } } });
}

function parse(shape: string): Json | null {
  try {
    const whole: unknown = JSON.parse(shape);
    return isObject(whole) ? whole : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
