// The widget's part of the build: the loader as one script without imports, the frame's page beside it, and a list of what both are made of.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'vite';
import type { WidgetBuild } from '../../src/protocol/api-sites.ts';

const LOADER = 'src/widget/loader.ts';
const FRAME = 'src/widget/frame.html';
const FRAME_PATH = 'widget/frame.html';
const HASH_CHARACTERS = 16;

type WidgetFile = WidgetBuild['files'][number];
type Bundle = Parameters<Extract<NonNullable<Plugin['generateBundle']>, (...all: never[]) => unknown>>[1];

/** Vite's own input is the app's page; the frame is a second one. */
export const WIDGET_INPUTS = { app: 'index.html', frame: FRAME } as const;

export function widgetPlugin(version: string): Plugin {
  return {
    name: 'ostraka-widget',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const loader = await buildLoader();
      const hash = createHash('sha256').update(loader).digest('hex').slice(0, HASH_CHARACTERS);
      this.emitFile({ type: 'asset', fileName: 'w.js', source: loader });
      // The same under a name that never changes its content, for those who pin it with `integrity`.
      this.emitFile({ type: 'asset', fileName: `widget/w.${hash}.js`, source: loader });
      const page = bundle[FRAME];
      if (page?.type !== 'asset') return this.error(`The build has no ${FRAME}.`);
      // The app's own manifest is none of a frame's business.
      const html = String(page.source).replace(/<link rel="manifest"[^>]*>/, '');
      delete bundle[FRAME];
      this.emitFile({ type: 'asset', fileName: FRAME_PATH, source: html });
      const files = [
        weigh(`/widget/w.${hash}.js`, loader, 'loader'),
        weigh('/widget/frame', html, 'before'),
        ...listFrameFiles(html, bundle),
      ];
      const list: WidgetBuild = { build: version, files };
      this.emitFile({ type: 'asset', fileName: 'widget/build.json', source: `${JSON.stringify(list, null, 1)}\n` });
    },
  };
}

async function buildLoader(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: { write: false, target: 'es2022', rolldownOptions: { input: LOADER, output: { format: 'iife' } } },
  });
  const [output] = [built].flat() as readonly { readonly output: readonly { readonly type: string; readonly code?: string }[] }[];
  const chunk = output?.output.find(({ type }) => type === 'chunk');
  if (chunk?.code === undefined) throw new Error('The loader was not built.');
  return chunk.code.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '').trimEnd();
}

/** What the page names loads before Yes, with all that imports statically; whatever is named further on comes after it. */
function listFrameFiles(html: string, bundle: Bundle): readonly WidgetFile[] {
  const before = new Set<string>();
  const addStatic = (name: string): void => {
    if (before.has(name)) return;
    before.add(name);
    const file = bundle[name];
    if (file?.type === 'chunk') for (const next of file.imports) addStatic(next);
  };
  const named = (text: string): readonly string[] =>
    Object.keys(bundle).filter((name) => !name.endsWith('.map') && !name.endsWith('.html') && text.includes(baseName(name)));
  for (const name of named(html)) addStatic(name);
  const after = new Set<string>();
  const addNamed = (name: string): void => {
    for (const next of named(textOf(bundle, name))) {
      if (before.has(next) || after.has(next)) continue;
      after.add(next);
      addNamed(next);
    }
  };
  for (const name of before) addNamed(name);
  const list = (names: ReadonlySet<string>, when: WidgetFile['when']): readonly WidgetFile[] =>
    [...names].sort().map((name) => weigh(`/${name}`, textOf(bundle, name), when));
  return [...list(before, 'before'), ...list(after, 'after')];
}

function textOf(bundle: Bundle, name: string): string {
  const file = bundle[name];
  if (file === undefined) return '';
  return file.type === 'chunk' ? file.code : Buffer.from(file.source).toString('utf8');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function weigh(path: string, text: string, when: WidgetFile['when']): WidgetFile {
  const bytes = Buffer.from(text);
  return {
    path,
    bytes: bytes.length,
    gzipBytes: gzipSync(bytes, { level: 9 }).length,
    integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    when,
  };
}
