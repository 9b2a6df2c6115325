/** The one error of the compiler, and the one way to draw it under the source line. */

export const compileErrorCodes = ['syntax', 'type', 'unsupported', 'no-entry-point', 'limit', 'parameter', 'module'] as const;
export type CompileErrorCode = (typeof compileErrorCodes)[number];

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly length: number;
}

/** Another place that has to do with the matter, such as a declaration. */
export interface Label extends Place {
  readonly message: string;
}

export interface Diagnostic extends Place {
  readonly message: string;
  readonly labels: readonly Label[];
  /** What else helps: why it is so, what was perhaps meant. */
  readonly notes: readonly string[];
}

/** A place in the source, in UTF-16 units from 0. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class CompileError extends Error {
  readonly code: CompileErrorCode;
  readonly diagnostics: readonly Diagnostic[];

  constructor(code: CompileErrorCode, message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.name = 'CompileError';
    this.code = code;
    this.diagnostics = diagnostics;
  }
}

export interface SpanLabel {
  readonly message: string;
  readonly span: Span;
}

/** Thrown deep inside, where the text is not at hand; compile.ts and reflect.ts turn it into a CompileError with line and column. */
export class SourceFault extends Error {
  readonly code: CompileErrorCode;
  readonly span: Span | null;
  readonly notes: readonly string[];
  readonly labels: readonly SpanLabel[];

  constructor(
    code: CompileErrorCode,
    message: string,
    span: Span | null,
    notes: readonly string[] = [],
    labels: readonly SpanLabel[] = [],
  ) {
    super(message);
    this.name = 'SourceFault';
    this.code = code;
    this.span = span;
    this.notes = notes;
    this.labels = labels;
  }
}

/** The consequence of a fault that was noted already: it stops what it stops, but is not told. */
export class EchoFault extends SourceFault {
  constructor(span: Span) {
    super('type', 'This uses a name whose declaration has a fault.', span);
  }
}

/** Several faults found in one go, in the order of the source; never empty. */
export class SourceFaults extends Error {
  readonly faults: readonly SourceFault[];

  constructor(faults: readonly SourceFault[]) {
    super(faults[0]?.message ?? '');
    this.name = 'SourceFaults';
    this.faults = faults;
  }
}

/** So many are shown of one shader. */
export const maxFaults = 10;

/** Gathers faults that do not stop the work at once; the same place is named once. */
export class FaultList {
  private readonly faults = new Map<string, SourceFault>();

  /** Throws all of them when there are too many. */
  add(fault: SourceFault): void {
    if (fault instanceof EchoFault && this.faults.size > 0) return;
    this.faults.set(`${fault.span?.start ?? -1} ${fault.message}`, fault);
    if (this.faults.size >= maxFaults) this.throwIfAny();
  }

  get isEmpty(): boolean {
    return this.faults.size === 0;
  }

  throwIfAny(): void {
    if (this.faults.size === 0) return;
    const start = (fault: SourceFault): number => fault.span?.start ?? Number.POSITIVE_INFINITY;
    throw new SourceFaults([...this.faults.values()].sort((a, b) => start(a) - start(b)));
  }
}

export function locateSpan(source: string, span: Span): Place {
  const start = Math.min(span.start, source.length);
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < start; i++) {
    if (source.charCodeAt(i) === 10) {
      line++;
      lineStart = i + 1;
    }
  }
  return { line, column: start - lineStart + 1, length: Math.max(1, span.end - span.start) };
}

/** Draws a diagnostic with its lines and carets, for terminals and <pre>. */
export function renderDiagnostic(source: string, diagnostic: Diagnostic): string {
  const width = Math.max(...[diagnostic, ...diagnostic.labels].map((place) => String(place.line).length));
  const lines = [
    `${diagnostic.line}:${diagnostic.column}: ${diagnostic.message}`,
    ...renderPlace(source, diagnostic, width, '^', '~', ''),
    ...diagnostic.labels.flatMap((label) => renderPlace(source, label, width, '-', '-', ` ${label.message}`)),
    ...diagnostic.notes.map((note) => `${' '.repeat(width)} = ${note}`),
  ];
  return lines.join('\n');
}

/** Longer lines are shown only around the place. */
const maxShown = 160;

function renderPlace(source: string, place: Place, width: number, first: string, rest: string, words: string): readonly string[] {
  const whole = source.split('\n')[place.line - 1] ?? '';
  const from = whole.length <= maxShown ? 0 : Math.max(0, Math.min(place.column - 1 - maxShown / 2, whole.length - maxShown));
  const text = whole.slice(from, from + maxShown);
  const column = place.column - from;
  const room = Math.max(1, Math.min(place.length, text.length - column + 1));
  const pad = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  return [`${String(place.line).padStart(width)} | ${text}`, `${' '.repeat(width)} | ${pad}${first}${rest.repeat(room - 1)}${words}`];
}

/** Runs a compiler step so that only CompileErrors leave it: faults get their line, a broken invariant or a full stack becomes an error too. */
export function withDiagnostics<T>(source: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw toCompileError(source, cause);
  }
}

function toCompileError(source: string, cause: unknown): CompileError {
  if (cause instanceof CompileError) return cause;
  if (cause instanceof SourceFaults) return fromFaults(source, cause.faults);
  if (cause instanceof SourceFault) return fromFaults(source, [cause]);
  if (cause instanceof RangeError)
    return new CompileError(
      'limit',
      'This shader nests too deeply for the stack of this machine; split its longest functions and expressions.',
    );
  const said = cause instanceof Error ? cause.message : String(cause);
  return new CompileError('unsupported', `The compiler met something it does not know in this shader (${said}).`);
}

/** The first fault speaks for all; those without a place have no diagnostic. */
function fromFaults(source: string, faults: readonly SourceFault[]): CompileError {
  const [first] = faults;
  if (first === undefined) return new CompileError('unsupported', 'This shader cannot be compiled.');
  const diagnostics = faults.flatMap((fault): readonly Diagnostic[] => {
    if (fault.span === null) return [];
    const labels = fault.labels.map((label) => ({ message: label.message, ...locateSpan(source, label.span) }));
    return [{ message: fault.message, ...locateSpan(source, fault.span), labels, notes: fault.notes }];
  });
  const line = first.span === null ? '' : `line ${locateSpan(source, first.span).line}: `;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return new CompileError(first.code, `${line}${first.message}${more}`, diagnostics);
}
