// WebGPU's flag values as the specification fixes them: TypeScript's own library has the types but not these names.

export const BUFFER_USAGE = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
} as const;

export const MAP_MODE_READ = 0x0001;

export const STAGE_COMPUTE = 0x4;
