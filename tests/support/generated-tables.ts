// Tables that stand in our Markdown and come from the code: the settings in README.md, who may import whom in CONTRIBUTING.md. Run it to write them anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SETTINGS, type Setting } from '../../server/config.ts';
import { IMPORT_TABLE, type RoomRow } from './import-table.ts';

export const TOP = dirname(dirname(import.meta.dirname));

type Row = readonly string[];

/** Padded as Biome formats Markdown, so that writing and formatting agree. */
export function makeTable(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => [...(row[column] ?? '')].length)));
  const line = (cells: Row): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function makeSettingsTable(settings: readonly Setting[] = SETTINGS): string {
  return makeTable(
    ['variable', 'when not given', 'what it does'],
    settings.map(({ name, fallback, description }) => [`\`${name}\``, `\`${fallback}\``, description]),
  );
}

const ROOMS = 'the server’s rooms';
/** Columns: where the right side begins, and where a line ends. */
const LEFT = 32;
const WIDTH = 138;

/** A line a wall: rooms with the same walls share one, a room that nobody has built yet is starred. */
export function makeImportTable(table: readonly RoomRow[] = IMPORT_TABLE, top: string = TOP): string {
  const serverRooms = table.filter(isServerRoom).map(({ room }) => room);
  const lines = new Map<string, string[]>();
  for (const { room, may, mayTypes = [] } of table) {
    const values = nameRooms(room, may, table, serverRooms) || 'nothing of ours';
    const walls = mayTypes.length === 0 ? values : `${values}; types of ${nameRooms(room, mayTypes, table, serverRooms)}`;
    lines.set(walls, [...(lines.get(walls) ?? []), room]);
  }
  const star = (room: string): string => (room === ROOMS || existsSync(join(top, room)) ? room : `${room}*`);
  const walls = [...lines].map(([may, rooms]) => wrapLine(gather(rooms, serverRooms).map(star).join(', '), `→ ${may}`));
  return ['```text', ...walls, '', wrapLine(ROOMS, `= ${serverRooms.map(star).join(', ')}`), '* not built yet', '```'].join('\n');
}

/** The rooms of the server that hold decisions: they know the protocol and not each other. */
function isServerRoom({ room, may, mayTypes }: RoomRow): boolean {
  return room.startsWith('server/') && !room.endsWith('.ts') && may.join() === 'src/protocol' && mayTypes === undefined;
}

function gather(rooms: readonly string[], serverRooms: readonly string[]): readonly string[] {
  if (!serverRooms.every((room) => rooms.includes(room))) return rooms;
  return [...rooms.filter((room) => !serverRooms.includes(room)), ROOMS];
}

function nameRooms(room: string, may: readonly string[], table: readonly RoomRow[], serverRooms: readonly string[]): string {
  const below = table.map((row) => row.room).filter((other) => other.startsWith(`${room}/`));
  const sets = [
    { name: 'everything below it', rooms: below },
    { name: ROOMS, rooms: serverRooms },
  ];
  const whole = sets.find(({ rooms }) => rooms.length > 0 && rooms.every((other) => may.includes(other)));
  const left = may.filter((other) => other !== room && !whole?.rooms.includes(other));
  return [...(whole ? [whole.name] : []), ...left].join(', ');
}

function wrapLine(left: string, right: string): string {
  const words = `${left.length > LEFT ? `${left} ` : left.padEnd(LEFT)}${right}`.split(/(?<=,) /);
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${' '.repeat(LEFT + 2)}${word}`);
  }
  return lines.join('\n');
}

/** What stands between `<!-- name:begin -->` and `<!-- name:end -->` is replaced; throws when the markers are not there. */
export function replaceTable(text: string, name: string, table: string): string {
  const block = new RegExp(`(<!-- ${name}:begin -->\n)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!block.test(text)) throw new Error(`There is no place for the table "${name}".`);
  return text.replace(block, (_, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
}

/** Every page that holds a generated table. */
export const GENERATED = [
  { page: 'README.md', name: 'settings', make: () => makeSettingsTable() },
  { page: 'CONTRIBUTING.md', name: 'imports', make: () => makeImportTable() },
] as const;

if (import.meta.filename === process.argv[1]) {
  for (const { page, name, make } of GENERATED) {
    const file = join(TOP, page);
    writeFileSync(file, replaceTable(readFileSync(file, 'utf8'), name, make()));
  }
}
