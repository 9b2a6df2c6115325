// What the database holds, read from its own catalogue: so that a table of a later migration is exported without anyone thinking of it.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';

export interface TableShape {
  readonly name: string;
  /** In the table's order, without generated ones. */
  readonly columns: readonly string[];
}

/** Tables that stay where they are, each with its reason. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  sessions: 'who signed out since must stay out; devices sign in again by themselves',
  processes: 'it says which coordinators live now, and none of them lives in another database',
  kysely_migration: 'the manifest names the migrations, and the import makes them anew',
  kysely_migration_lock: 'it is a lock',
};

const COLUMNS = `
  select c.relname as table, a.attname as column
  from pg_class c join pg_attribute a on a.attrelid = c.oid
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  order by c.relname, a.attnum`;

/** Which table refers to which. */
const REFERENCES = `
  select distinct t.relname as table, r.relname as target
  from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_class r on r.oid = k.confrelid
  where k.contype = 'f' and t.relnamespace = current_schema()::regnamespace and t.oid <> r.oid`;

/** Every table of ours, one that is referred to before those that refer to it. */
export async function listTables(client: pg.ClientBase): Promise<readonly TableShape[]> {
  const { rows } = await client.query<{ readonly table: string; readonly column: string }>(COLUMNS);
  const columns = new Map<string, string[]>();
  for (const { table, column } of rows) columns.set(table, [...(columns.get(table) ?? []), column]);
  const references = await client.query<{ readonly table: string; readonly target: string }>(REFERENCES);
  return sortByReference([...columns.keys()], references.rows).map((name) => ({ name, columns: columns.get(name)! }));
}

/** Throws `internal` where tables refer to each other in a circle: then no order of loading is right. */
export function sortByReference(
  names: readonly string[],
  references: readonly { readonly table: string; readonly target: string }[],
): readonly string[] {
  const sorted: string[] = [];
  let waiting = [...names];
  while (waiting.length > 0) {
    const free = waiting.filter((name) => !references.some(({ table, target }) => table === name && waiting.includes(target)));
    if (free.length === 0) throw new Fault('internal', `Tables refer to each other in a circle: ${waiting.join(', ')}.`);
    sorted.push(...free);
    waiting = waiting.filter((name) => !free.includes(name));
  }
  return sorted;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function nameColumns({ name, columns }: TableShape): string {
  return `${quoteName(name)} (${columns.map(quoteName).join(', ')})`;
}
