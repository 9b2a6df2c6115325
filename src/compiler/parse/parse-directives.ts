/** Parses what may stand before all declarations: `enable`, `requires` and `diagnostic`. */
import { SourceFault } from '../diagnostics.ts';
import { suggestName } from '../nearest-name.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokenize.ts';

/** What a shader may ask for; the use of textures and subgroups is refused where it stands. */
const languageFeatures: readonly string[] = [
  'packed_4x8_integer_dot_product',
  'pointer_composite_access',
  'readonly_and_readwrite_storage_textures',
  'subgroup_id',
  'subgroup_uniformity',
  'swizzle_assignment',
  'texture_and_sampler_let',
  'texture_formats_tier1',
  'uniform_buffer_standard_layout',
  'unrestricted_pointer_parameters',
];

export const severities: readonly string[] = ['error', 'warning', 'info', 'off'];

export interface Directives {
  /** `enable f16;` was written. */
  readonly enablesHalf: boolean;
}

export function parseDirectives(stream: TokenStream): Directives {
  let enablesHalf = false;
  for (;;) {
    if (stream.accept(';')) continue;
    if (stream.accept('enable')) {
      for (const name of parseNames(stream, 'an extension')) enablesHalf = acceptExtension(name) || enablesHalf;
    } else if (stream.accept('requires')) {
      for (const name of parseNames(stream, 'a language feature')) acceptFeature(name);
    } else if (stream.accept('diagnostic')) parseDiagnosticControl(stream);
    else return { enablesHalf };
    stream.expect(';');
  }
}

function parseNames(stream: TokenStream, what: string): readonly Token[] {
  const names = [stream.expectWord(`the name of ${what}`)];
  while (stream.accept(',') && !stream.is(';')) names.push(stream.expectWord(`the name of ${what}`));
  return names;
}

/** True for f16. */
function acceptExtension({ text, span }: Token): boolean {
  if (text === 'f16') return true;
  const notes = suggestName(text, ['f16']);
  throw new SourceFault('unsupported', `"enable ${text}" is not compiled for the CPU; only f16 is.`, span, notes);
}

function acceptFeature({ text, span }: Token): void {
  if (languageFeatures.includes(text)) return;
  const notes = suggestName(text, languageFeatures);
  throw new SourceFault('unsupported', `The language feature "${text}" is not known to this compiler.`, span, notes);
}

function parseDiagnosticControl(stream: TokenStream): void {
  stream.expect('(');
  const severity = stream.expectWord('a severity');
  if (!severities.includes(severity.text)) {
    const message = `A severity is one of ${severities.join(', ')}; "${severity.text}" is none.`;
    throw new SourceFault('syntax', message, severity.span, suggestName(severity.text, severities));
  }
  stream.expect(',');
  stream.expectWord('a diagnostic rule');
  if (stream.accept('.')) stream.expectWord('a diagnostic rule');
  stream.accept(',');
  stream.expect(')');
}
