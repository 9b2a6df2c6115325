/** Reads back what compile.ts put into a module's custom section, so that the module alone is enough to run it. */
import { CompileError } from './diagnostics.ts';
import type { ModuleInfo } from './reflection.ts';

const sectionName = 'ostraka';

/** Throws CompileError 'module' when the bytes are no module of this compiler. */
export function readModuleInfo(bytes: Uint8Array): ModuleInfo {
  const json = findSection(bytes);
  if (json === null) throw new CompileError('module', 'These bytes are not a module of this compiler.');
  try {
    return JSON.parse(new TextDecoder().decode(json)) as ModuleInfo;
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
