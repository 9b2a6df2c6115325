// One design language: every colour, size of type and duration of a stylesheet is a token of styles/tokens.css, and every token that is used exists.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOKENS = 'tokens.css';
const sheets = listFiles('src/ui', /\.css$/).map((path) => ({ path, text: stripComments(readFileSync(path, 'utf8')) }));
const tokens = sheets.find(({ path }) => basename(path) === TOKENS)!.text;
const ruled = sheets.filter(({ path }) => basename(path) !== TOKENS);

function listFiles(folder: string, name: RegExp): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths.filter((path) => name.test(path)).sort();
}

function stripComments(css: string): string {
  return css.replace(/\/\*[\s\S]*?\*\//g, '');
}

interface Declaration {
  readonly property: string;
  readonly value: string;
}

function listDeclarations(css: string): readonly Declaration[] {
  return [...css.matchAll(/(?:^|[{;])\s*([a-z-]+)\s*:\s*([^;{}]+)(?=[;}])/gm)].map(([, property = '', value = '']) => ({
    property,
    value,
  }));
}

const COLOUR = /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|oklch|oklab|lab|lch)\(|light-dark\(/i;
const NAMED = /^(?:.*\s)?(?:white|black|red|green|blue|grey|gray|orange|yellow|brown|silver)(?:\s.*)?$/i;
const SIZE = /(?<![\w-])\d*\.?\d+(?:rem|px|pt|vw)\b/;
const DURATION = /(?<![\w-])\d*\.?\d+m?s\b/;

/** What a declaration says in a raw literal that a token should say. */
function findLiteral({ property, value }: Declaration): string | null {
  if (COLOUR.test(value) || (/color|background|fill|stroke|border|shadow|outline/.test(property) && NAMED.test(value))) return 'colour';
  if (property === 'font-size' && SIZE.test(value)) return 'font-size';
  // Of the shorthand only the size, which stands before a slash or the family.
  if (property === 'font' && SIZE.test(value.split('/')[0] ?? '')) return 'font-size';
  if (/^(?:transition|animation)/.test(property) && DURATION.test(value)) return 'duration';
  return null;
}

describe('a stylesheet', () => {
  it.each(ruled)('$path has no colour, size of type or duration of its own', ({ text }) => {
    const raw = listDeclarations(text).flatMap((one) => (findLiteral(one) ? [`${one.property}: ${one.value} (${findLiteral(one)})`] : []));
    expect(raw).toEqual([]);
  });

  it.each(ruled)('$path stands in a layer, so that it wins by what it is and not by when it came', ({ path, text }) => {
    const name = basename(path);
    const isImported = sheets.find((sheet) => basename(sheet.path) === 'app.css')!.text.includes(`'./${name}' layer(`);
    expect(isImported || name === 'app.css' || /^\s*@layer (?:parts|pages) \{[\s\S]*\}\s*$/.test(text)).toBe(true);
  });

  it('names only tokens that exist, or that a script sets and a fallback stands for', () => {
    const known = new Set([...sheets.flatMap(({ text }) => [...text.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name))]);
    const used = ruled.flatMap(({ path, text }) => [...text.matchAll(/var\((--[\w-]+)\)/g)].map(([, name]) => `${name} in ${path}`));
    // Set by scripts before anything is drawn.
    const set = ['--paid', '--back'];
    expect(used.filter((one) => !known.has(one.split(' ')[0]!) && !set.includes(one.split(' ')[0]!))).toEqual([]);
  });
});

describe('the tokens', () => {
  it('are all used: a scale that nobody walks is noise', () => {
    const everywhere = [
      ...sheets.map(({ text }) => text),
      ...listFiles('src/ui', /\.tsx?$/).map((path) => readFileSync(path, 'utf8')),
    ].join('\n');
    const names = [...tokens.matchAll(/^\s+(--[\w-]+):/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(40);
    expect([...new Set(names)].filter((name) => !everywhere.includes(`var(${name}`) && !everywhere.includes(`'${name}'`))).toEqual([]);
  });

  it.each([
    ['color', '#fff'],
    ['background', 'rgb(0 0 0 / 10%)'],
    ['border', '1px solid white'],
    ['font-size', '13px'],
    ['font', '600 1rem / 1 var(--serif)'],
    ['transition', 'color 200ms'],
    ['animation', 'spin 1.2s linear infinite'],
  ])('would be missed in %s: %s', (property, value) => expect(findLiteral({ property, value })).not.toBeNull());

  it.each([
    ['color', 'var(--muted)'],
    ['font', '600 var(--t-8) / 1.2 var(--serif)'],
    ['transition', 'color var(--quick)'],
    ['font-size', '0.875em'],
    ['color', 'color-mix(in srgb, var(--verified) 30%, transparent)'],
  ])('are not missed in %s: %s', (property, value) => expect(findLiteral({ property, value })).toBeNull());
});
