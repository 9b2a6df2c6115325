// The inputs inside the shape of the data: read from its JSON text and written back into it, the rest left as it was.
import { Fault } from '../../../protocol/fault.ts';
import type { Digest } from '../../../protocol/ids.ts';
import { JOB_LIMITS } from '../../../protocol/parse-job-spec.ts';
import { formatShape } from './format-shape.ts';

export interface ShapeInput {
  readonly name: string;
  readonly digest: Digest;
}

type Json = Readonly<Record<string, unknown>>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Null while the text is no JSON object with an object of inputs. */
export function readInputs(shape: string): readonly ShapeInput[] | null {
  const inputs = parse(shape)?.inputs;
  if (inputs === undefined) return null;
  return Object.entries(inputs).flatMap(([name, input]) => (hasDigest(input) ? [{ name, digest: input.digest }] : []));
}

/** Throws `bad-spec` at `shape`, or at `name` for one that cannot be. */
export function checkName(shape: string, name: string): void {
  const refuse = (field: string, sentence: string): never => {
    throw new Fault('bad-spec', sentence, { facts: { field } });
  };
  const { inputs } = want(shape);
  if (name === '') refuse('name', 'Say which binding of the program the file is for.');
  if (!NAME.test(name)) refuse('name', 'A binding’s name has at most 64 letters, digits and underscores, and no digit first.');
  if (name === 'parameters') refuse('name', 'The binding named parameters is filled from the parameters; name another one.');
  if (Object.hasOwn(inputs, name)) refuse('name', `There is an input named ${name} already; remove it first.`);
  if (Object.keys(inputs).length >= JOB_LIMITS.inputs)
    refuse('name', `A job has at most ${JOB_LIMITS.inputs} inputs; put several into one file.`);
}

export function putInput(shape: string, { name, digest }: ShapeInput): string {
  checkName(shape, name);
  return change(shape, (inputs) => [...inputs, [name, { digest }]]);
}

/** Keeps its place and its slice. */
export function renameInput(shape: string, from: string, to: string): string {
  if (from === to) return shape;
  // One more than there are is not wanted here, so the name is checked against the others only.
  checkName(dropInput(shape, from), to);
  return change(shape, (inputs) => inputs.map(([name, input]) => [name === from ? to : name, input]));
}

export function dropInput(shape: string, gone: string): string {
  return change(shape, (inputs) => inputs.filter(([name]) => name !== gone));
}

function change(shape: string, edit: (inputs: readonly [string, unknown][]) => readonly (readonly [string, unknown])[]): string {
  const { whole, inputs } = want(shape);
  return formatShape({ ...whole, inputs: Object.fromEntries(edit(Object.entries(inputs))) });
}

function want(shape: string): { readonly whole: Json; readonly inputs: Json } {
  const parsed = parse(shape);
  if (parsed) return parsed;
  throw new Fault('bad-spec', 'The shape of the data is not JSON with an object of inputs; mend it, then choose the file again.', {
    facts: { field: 'shape' },
  });
}

function parse(shape: string): { readonly whole: Json; readonly inputs: Json } | null {
  try {
    const whole: unknown = JSON.parse(shape);
    if (!isObject(whole)) return null;
    const { inputs = {} } = whole;
    return isObject(inputs) ? { whole, inputs } : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasDigest(input: unknown): input is { readonly digest: Digest } {
  return isObject(input) && typeof input.digest === 'string';
}
