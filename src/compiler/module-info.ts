/** What compile.ts puts into a module's custom section and a host reads back, so that the module alone is enough to run it. */
import { CompileError } from './diagnostics.ts';
import { type PackedLayout, packLayout, unpackLayout } from './pack-layout.ts';
import type { Binding, ModuleInfo } from './reflection.ts';

export const sectionName = 'ostraka';

type PackedBinding = readonly [
  name: string,
  group: number,
  binding: number,
  space: Binding['space'],
  access: Binding['access'],
  type: PackedLayout,
  minBytes: number,
];

/** The section's bytes after its name. Short, for every contributor of a job downloads it. */
export function encodeModuleInfo({ reflection, abi }: ModuleInfo): Uint8Array {
  const bindings = reflection.bindings.map(
    ({ name, group, binding, space, access, type, minBytes }): PackedBinding => [
      name,
      group,
      binding,
      space,
      access,
      packLayout(type),
      minBytes,
    ],
  );
  return new TextEncoder().encode(JSON.stringify({ reflection: { ...reflection, bindings }, abi }));
}

function decodeModuleInfo(bytes: Uint8Array): ModuleInfo {
  const { reflection, abi } = JSON.parse(new TextDecoder().decode(bytes)) as {
    // Modules compiled before layouts were packed still run: jobs outlive builds.
    readonly reflection: Omit<ModuleInfo['reflection'], 'bindings'> & { readonly bindings: readonly (PackedBinding | Binding)[] };
    readonly abi: ModuleInfo['abi'];
  };
  return { reflection: { ...reflection, bindings: reflection.bindings.map((each) => ('name' in each ? each : unpackBinding(each))) }, abi };
}

function unpackBinding([name, group, binding, space, access, type, minBytes]: PackedBinding): Binding {
  return { name, group, binding, space, access, type: unpackLayout(type), minBytes };
}

/** Throws CompileError 'module' when the bytes are no module of this compiler. */
export function readModuleInfo(bytes: Uint8Array): ModuleInfo {
  const json = findSection(bytes);
  if (json === null) throw new CompileError('module', 'These bytes are not a module of this compiler.');
  try {
    return decodeModuleInfo(json);
  } catch (cause) {
    throw new CompileError('module', `The description inside this module cannot be read (${String(cause)}).`);
  }
}

function findSection(bytes: Uint8Array): Uint8Array | null {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.POSITIVE_INFINITY;
  };
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  if (!magic.every((byte, i) => bytes[i] === byte)) return null;
  at = 8;
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    const end = at + size;
    if (!(end <= bytes.length)) return null;
    if (id === 0) {
      const length = number();
      const name = new TextDecoder().decode(bytes.subarray(at, at + length));
      if (name === sectionName) return bytes.subarray(at + length, end);
    }
    at = end;
  }
  return null;
}
