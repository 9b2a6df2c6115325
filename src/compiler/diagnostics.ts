/** The one error of the compiler, and the one way to draw it under the source line. */

export const compileErrorCodes = ['syntax', 'type', 'unsupported', 'no-entry-point', 'limit', 'parameter', 'module'] as const;
export type CompileErrorCode = (typeof compileErrorCodes)[number];

export interface Diagnostic {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  readonly length: number;
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

/** Thrown deep inside, where the text is not at hand; compile.ts and reflect.ts turn it into a CompileError with line and column. */
export class SourceFault extends Error {
  readonly code: CompileErrorCode;
  readonly span: Span | null;
  readonly notes: readonly string[];

  constructor(code: CompileErrorCode, message: string, span: Span | null, notes: readonly string[] = []) {
    super(message);
    this.name = 'SourceFault';
    this.code = code;
    this.span = span;
    this.notes = notes;
  }
}

export function locateSpan(source: string, span: Span): { line: number; column: number; length: number } {
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

/** Draws a diagnostic with its line and a caret, for terminals and <pre>. */
export function renderDiagnostic(source: string, diagnostic: Diagnostic): string {
  const text = source.split('\n')[diagnostic.line - 1] ?? '';
  const gutter = String(diagnostic.line);
  const room = Math.max(1, Math.min(diagnostic.length, text.length - diagnostic.column + 1));
  const pad = text.slice(0, diagnostic.column - 1).replace(/[^\t]/g, ' ');
  const caret = `^${'~'.repeat(room - 1)}`;
  const lines = [
    `${diagnostic.line}:${diagnostic.column}: ${diagnostic.message}`,
    `${gutter} | ${text}`,
    `${' '.repeat(gutter.length)} | ${pad}${caret}`,
    ...diagnostic.notes.map((note) => `${' '.repeat(gutter.length)} = ${note}`),
  ];
  return lines.join('\n');
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
  if (cause instanceof SourceFault) {
    if (cause.span === null) return new CompileError(cause.code, cause.message);
    const place = locateSpan(source, cause.span);
    const message = `line ${place.line}: ${cause.message}`;
    return new CompileError(cause.code, message, [{ message: cause.message, ...place, notes: cause.notes }]);
  }
  if (cause instanceof RangeError)
    return new CompileError('limit', 'This shader nests too deeply to be compiled; split its longest expressions.');
  const said = cause instanceof Error ? cause.message : String(cause);
  return new CompileError('unsupported', `The compiler met something it does not know in this shader (${said}).`);
}
