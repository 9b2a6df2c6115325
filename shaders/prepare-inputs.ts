// Makes the input blobs of a template from real data; loaded only when the template is used, for the data can be large.
import type { TemplateId } from './template.ts';

/** Bytes by the name of the program's buffer; the same bytes on every machine. */
export type PreparedInputs = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export async function prepareInputs(template: TemplateId): Promise<PreparedInputs> {
  switch (template) {
    case 'bunny': {
      const [{ default: mesh }, { prepareMesh }] = await Promise.all([import('bunny'), import('./bunny/prepare.ts')]);
      const { nodes, triangles } = prepareMesh(mesh);
      return new Map([
        ['nodes', nodes],
        ['triangles', triangles],
      ]);
    }
    case 'fractal':
    case 'collatz':
      return new Map();
  }
}
