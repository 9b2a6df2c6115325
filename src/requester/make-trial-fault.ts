// Puts what went wrong in a trial into the one class of faults, with the line where the compiler knows it.
import { Fault } from '../protocol/fault.ts';

/** What CompileError and EngineError look like from outside; importing them would load the compiler with every page. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly diagnostics?: readonly { readonly line: number; readonly column: number; readonly message: string }[];
}

export function makeTrialFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  const { name, code, message, diagnostics } = (typeof cause === 'object' && cause !== null ? cause : {}) as Thrown;
  const sentence = typeof message === 'string' && message !== '' ? message.slice(0, 1_000) : 'The program failed without a reason.';
  if (name === 'CompileError' && code === 'parameter') return new Fault('bad-spec', sentence, { facts: { field: 'parameters' }, cause });
  const [first] = diagnostics ?? [];
  const place = first === undefined ? {} : { line: first.line, column: first.column };
  return new Fault('bad-program', sentence, { facts: { field: 'wgsl', ...place }, cause });
}
