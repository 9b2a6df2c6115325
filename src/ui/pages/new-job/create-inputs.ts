// The inputs of a blank job: which there are, which the program still reads, and how a file becomes one.
import { type Accessor, createMemo } from 'solid-js';
import type { Digest } from '../../../protocol/ids.ts';
import { uploadBlob } from '../../../requester/upload-blob.ts';
import { useApp } from '../../state/app-context.ts';
import type { DraftState } from './create-draft-state.ts';
import type { Upload } from './draft.ts';
import { readInputFile } from './read-input-file.ts';
import { scanInputs } from './scan-inputs.ts';
import { checkName, dropInput, putInput, readInputs, renameInput } from './shape-inputs.ts';

export interface InputRow {
  readonly name: string;
  readonly digest: Digest;
  /** Null for a digest that was typed into the shape. */
  readonly upload: Upload | null;
}

export interface Inputs {
  readonly rows: Accessor<readonly InputRow[]>;
  /** Bindings that the program reads and nothing fills. */
  readonly wanted: Accessor<readonly string[]>;
  /** Uploads the file and names it in the shape. Throws what is wrong with the name, the file or the upload. */
  add(name: string, file: File, signal: AbortSignal): Promise<void>;
  rename(from: string, to: string): void;
  remove(name: string): void;
}

export function createInputs(state: DraftState): Inputs {
  const { api, session } = useApp();
  /** While the JSON is being typed it is often none; what was there stays. */
  const found = createMemo((before: ReturnType<typeof readInputs>) => readInputs(state.draft().shape) ?? before, []);
  const rows = createMemo(() =>
    (found() ?? []).map(({ name, digest }) => ({
      name,
      digest,
      upload: state.draft().uploads.find((upload) => upload.digest === digest) ?? null,
    })),
  );
  // By value, so that a letter typed elsewhere in the program does not draw the rows anew.
  const wanted = createMemo(
    () => {
      const filled = new Set(rows().map(({ name }) => name));
      return scanInputs(state.draft().wgsl ?? '').filter((name) => !filled.has(name));
    },
    [],
    { equals: (a, b) => a.join() === b.join() },
  );
  return {
    rows,
    wanted,
    async add(name, file, signal) {
      checkName(state.draft().shape, name);
      const bytes = await readInputFile(file);
      await session.ensure();
      const digest = await uploadBlob(api, bytes, signal);
      signal.throwIfAborted();
      const shape = putInput(state.draft().shape, { name, digest });
      const kept = state.draft().uploads.filter((upload) => upload.digest !== digest && shape.includes(upload.digest));
      state.change({ shape, uploads: [...kept, { digest, bytes: bytes.length, file: file.name }] });
    },
    rename: (from, to) => state.change({ shape: renameInput(state.draft().shape, from, to) }),
    remove: (name) => state.change({ shape: dropInput(state.draft().shape, name) }),
  };
}
