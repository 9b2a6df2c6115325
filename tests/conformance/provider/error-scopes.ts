// Where a device's errors go: into the innermost scope that wants them, or to the device's listeners.
import { type GpuError, GpuInternalError, GpuOutOfMemoryError, GpuValidationError, operationError } from './web-gpu-names.ts';

export type ErrorFilter = 'validation' | 'out-of-memory' | 'internal';

const classes: Readonly<Record<ErrorFilter, new (message: string) => GpuError>> = {
  validation: GpuValidationError,
  'out-of-memory': GpuOutOfMemoryError,
  internal: GpuInternalError,
};

export class ErrorScopes {
  private readonly stack: { readonly filter: ErrorFilter; error: GpuError | null }[] = [];
  private readonly onUncaptured: (error: GpuError) => void;
  private isOver = false;

  constructor(onUncaptured: (error: GpuError) => void) {
    this.onUncaptured = onUncaptured;
  }

  push(filter: ErrorFilter): void {
    if (classes[filter] === undefined) throw new TypeError(`"${String(filter)}" is no error filter.`);
    this.stack.push({ filter, error: null });
  }

  /** Gives the first error of the innermost scope; rejects where no scope is open. */
  async pop(): Promise<GpuError | null> {
    const scope = this.stack.pop();
    if (this.isOver) return null;
    if (scope === undefined) throw operationError('There is no error scope to pop.');
    return scope.error;
  }

  raise(filter: ErrorFilter, message: string): void {
    if (this.isOver) return;
    const error = new classes[filter](message);
    const scope = this.stack.findLast((each) => each.filter === filter);
    if (scope === undefined) return this.onUncaptured(error);
    scope.error ??= error;
  }

  /** A lost device has no errors any more. */
  close(): void {
    this.isOver = true;
  }
}
