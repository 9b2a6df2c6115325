// The rules of the house that a compiler or linter does not know, each a function from source files to sentences about what is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { DECIDING_ROOMS, IMPORT_TABLE, type RoomRow } from './import-table.ts';

export interface SourceFile {
  /** From the top of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}
export type SourceRule = (files: readonly SourceFile[]) => readonly string[];

const FOLDERS = ['src', 'server', 'shaders', 'tests'] as const;
const MAX_LINES = 400;
const FORBIDDEN_NAME = /(^|-)(utils?|common|shared|helpers?|manager|service)(-|$)/;

export function listSourceFiles(top: string): readonly SourceFile[] {
  return FOLDERS.flatMap((folder) => listFolder(join(top, folder))).map((file) => ({
    path: file
      .slice(top.length + 1)
      .split(sep)
      .join('/'),
    text: readFileSync(file, 'utf8'),
  }));
}

function listFolder(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}

/** Comments may speak of anything; code may not. Strings stay: SQL lives in them. */
function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\])\/\/.*$/gm, '$1');
}

interface Import {
  readonly target: string;
  readonly isType: boolean;
}

/** Static and dynamic imports, re-exports and `new URL(…, import.meta.url)` of our own files, as paths from the top. */
function listImports({ path, text }: SourceFile): readonly Import[] {
  const code = stripComments(text);
  const found: Import[] = [];
  const add = (specifier: string | undefined, isType: boolean): void => {
    if (specifier?.startsWith('.')) found.push({ target: posix.join(dirname(path), specifier.replace(/\?.*$/, '')), isType });
  };
  for (const match of code.matchAll(/\b(import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?['"]([^'"]+)['"]/g))
    add(match[3], Boolean(match[2]));
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) add(match[1], false);
  for (const match of code.matchAll(/\bnew URL\(\s*['"]([^'"]+)['"],\s*import\.meta\.url/g)) add(match[1], false);
  return found;
}

function isIn(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

function findRow(path: string): RoomRow | null {
  const rows = IMPORT_TABLE.filter((row) => isIn(path, row.room));
  return rows.sort((a, b) => b.room.length - a.room.length)[0] ?? null;
}

/** House rooms import only what their row lists. */
export const judgeImports: SourceRule = (files) =>
  files.flatMap((file) => {
    const row = findRow(file.path);
    if (!row) return [];
    return listImports(file).flatMap(({ target, isType }) => {
      const room = findRow(target)?.room;
      // A fixed file such as package.json, or a style sheet beside its page, belongs to no other room.
      if (!room || room === row.room || row.may.includes(room) || (isType && row.mayTypes?.includes(room))) return [];
      return [`${file.path} imports ${target}, but ${row.room} may not import ${isType ? '' : 'values from '}${room}`];
    });
  });

/** Nothing but the tests imports the tests. */
export const judgeTestImports: SourceRule = (files) =>
  files
    .filter((file) => !isIn(file.path, 'tests'))
    .flatMap((file) => listImports(file).flatMap(({ target }) => (isIn(target, 'tests') ? [`${file.path} imports ${target}`] : [])));

const SQL =
  /(['"`])\s*(select\s(?:(?!\1)[\s\S])*?\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+(table|index|type)\s|alter\s+table\s)/i;
const DATABASE_PACKAGE = /from\s+['"](pg|kysely)['"/]/;

/** SQL, and the packages that speak it, stand in server/storage only. */
export const judgeSql: SourceRule = (files) =>
  files
    .filter((file) => !isIn(file.path, 'server/storage') && !isIn(file.path, 'tests'))
    .flatMap((file) => {
      const code = stripComments(file.text);
      return SQL.test(code) || DATABASE_PACKAGE.test(code) ? [`${file.path} speaks SQL outside server/storage`] : [];
    });

/** The environment is read once, at the gate. */
export const judgeEnvironment: SourceRule = (files) =>
  files
    .filter((file) => file.path !== 'server/config.ts' && !isIn(file.path, 'tests'))
    .flatMap((file) =>
      /\bprocess\.env\b/.test(stripComments(file.text)) ? [`${file.path} reads process.env outside server/config.ts`] : [],
    );

const CLOCK_OR_CHANCE =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|getRandomValues|randomUUID|randomBytes|setTimeout|setInterval)\b/;

/** What decides has no clock and no chance of its own. */
export const judgeDeterminism: SourceRule = (files) =>
  files
    .filter((file) => DECIDING_ROOMS.some((room) => isIn(file.path, room)))
    .flatMap((file) => {
      const match = CLOCK_OR_CHANCE.exec(stripComments(file.text));
      return match ? [`${file.path} uses ${match[1]}: time and chance come as arguments`] : [];
    });

export const judgeLength: SourceRule = (files) =>
  files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    return lines > MAX_LINES ? [`${path} has ${lines} lines; ${MAX_LINES} is the cap`] : [];
  });

export const judgeNames: SourceRule = (files) =>
  files.flatMap(({ path }) =>
    path.split('/').flatMap((part) => {
      const name = part.replace(/\..*$/, '');
      return FORBIDDEN_NAME.test(name) && name !== 'service-worker'
        ? [`${path}: "${name}" says where a thing was put, not what it is`]
        : [];
    }),
  );

export const judgeOpenings: SourceRule = (files) =>
  files.flatMap(({ path, text }) => (/^(#!.*\n)?\s*\/[/*]/.test(text) ? [] : [`${path} does not open with a sentence about itself`]));

export const judgeLeftovers: SourceRule = (files) =>
  files.flatMap(({ path, text }) => {
    const match = /\b(TO-?DO|FIX-?ME|X{3})\b/.exec(text);
    return match && path !== 'tests/support/source-rules.ts' ? [`${path} holds a ${match[1]}`] : [];
  });
