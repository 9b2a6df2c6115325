// A well-formed job spec as JSON, to be spoilt one field at a time.

export function makeJobSpecJson(): Record<string, unknown> {
  return {
    title: 'Squares',
    description: 'one square a workgroup',
    stages: [
      {
        name: 'main',
        wgsl: '@compute @workgroup_size(1) fn main() {}',
        grid: [4, 4, 1],
        workgroupsPerShard: 4,
        parameters: { scale: 2 },
        inputs: {},
        outputs: { pixels: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 256 }, element: 'u8', comparison: { kind: 'exact' } } },
      },
    ],
    view: { kind: 'picture', output: 'pixels', square: [8, 8], format: 'rgba8' },
  };
}

/** The same with one field replaced; `path` as in `stages.0.grid`. */
export function withField(path: string, value: unknown): Record<string, unknown> {
  const spec = structuredClone(makeJobSpecJson());
  const keys = path.split('.');
  const last = keys.pop()!;
  const owner = keys.reduce((at, key) => at[key] as Record<string, unknown>, spec as Record<string, unknown>);
  owner[last] = value;
  return spec;
}
