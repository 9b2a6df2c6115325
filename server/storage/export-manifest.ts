// What an export's manifest.json says, and the gate that a foreign one must pass before anything is believed.
import * as v from 'valibot';
import { Fault } from '../../src/protocol/fault.ts';

/** Raised when an older Ostraka could not read what a newer one writes. */
export const EXPORT_FORMAT = 1;
export const MANIFEST_FILE = 'manifest.json';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Becomes part of a path and of SQL: nothing but a plain name. */
const plainName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,62}$/));
const fileName = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,62}(\.[a-z]{1,8})?$/));

const PART = { bytes: count, sha256 };

const SCHEMA = v.object({
  format: v.literal(EXPORT_FORMAT),
  /** Version of the Ostraka that wrote it. */
  build: v.string(),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  postgres: v.string(),
  migrations: v.pipe(v.array(v.string()), v.minLength(1)),
  /** In the order they are loaded; the file of each is tables/NAME.copy. */
  tables: v.array(v.object({ name: plainName, columns: v.array(plainName), rows: count, ...PART })),
  /** Null: never drawn from. */
  sequences: v.array(v.object({ name: plainName, last: v.nullable(v.pipe(v.string(), v.regex(/^\d{1,19}$/))) })),
  /** Each lies under blobs/sha256 and is named for its own digest; the list is blobs.txt. */
  blobs: v.object({ files: count, fileBytes: count, ...PART }),
  /** Named by rows and not in the export: collected while it ran, or damaged before. */
  blobsLeftOut: v.object({ collected: v.array(sha256), damaged: v.array(sha256) }),
  secrets: v.array(v.object({ name: fileName, ...PART })),
  notExported: v.record(v.string(), v.string()),
});

export type ExportManifest = v.InferOutput<typeof SCHEMA>;
export type ExportedTable = ExportManifest['tables'][number];

/** Throws `config` in one sentence. */
export function parseManifest(text: string): ExportManifest {
  const value = readJson(text);
  const format = (value as { readonly format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > EXPORT_FORMAT) {
    throw new Fault('config', `The export has format ${format}, and this Ostraka knows ${EXPORT_FORMAT}: import it with a newer one.`);
  }
  const parsed = v.safeParse(SCHEMA, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Fault('config', `The export's ${MANIFEST_FILE} is damaged or of another program: ${issue.message}.`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('config', `The export's ${MANIFEST_FILE} is no JSON; the export is damaged or not complete.`, { cause });
  }
}
