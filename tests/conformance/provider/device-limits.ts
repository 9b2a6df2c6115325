// What the device offers: WebGPU's limits, its features, and the parts of the language beyond the first edition.

/** WebGPU's default limits. */
export const defaultLimits = {
  maxTextureDimension1D: 8192,
  maxTextureDimension2D: 8192,
  maxTextureDimension3D: 2048,
  maxTextureArrayLayers: 256,
  maxBindGroups: 4,
  maxBindGroupsPlusVertexBuffers: 24,
  maxBindingsPerBindGroup: 1000,
  maxDynamicUniformBuffersPerPipelineLayout: 8,
  maxDynamicStorageBuffersPerPipelineLayout: 4,
  maxSampledTexturesPerShaderStage: 16,
  maxSamplersPerShaderStage: 16,
  maxStorageBuffersPerShaderStage: 8,
  maxStorageBuffersInVertexStage: 8,
  maxStorageBuffersInFragmentStage: 8,
  maxStorageTexturesPerShaderStage: 4,
  maxStorageTexturesInVertexStage: 4,
  maxStorageTexturesInFragmentStage: 4,
  maxUniformBuffersPerShaderStage: 12,
  maxUniformBufferBindingSize: 65536,
  maxStorageBufferBindingSize: 134217728,
  minUniformBufferOffsetAlignment: 256,
  minStorageBufferOffsetAlignment: 256,
  maxVertexBuffers: 8,
  maxBufferSize: 268435456,
  maxVertexAttributes: 16,
  maxVertexBufferArrayStride: 2048,
  maxInterStageShaderVariables: 16,
  maxColorAttachments: 8,
  maxColorAttachmentBytesPerSample: 32,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
  maxImmediateSize: 0,
} as const;

export type LimitName = keyof typeof defaultLimits;
export type Limits = Readonly<Record<LimitName, number>>;

/** What a device may be asked for: the compiler takes workgroups of 1,024 invocations, and workgroup memory is ordinary memory. */
export const adapterLimits: Limits = {
  ...defaultLimits,
  maxBindGroups: 8,
  maxStorageBuffersPerShaderStage: 16,
  maxComputeWorkgroupStorageSize: 65536,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupSizeY: 1024,
  maxComputeWorkgroupSizeZ: 1024,
};

const limitsThatAreLeast: readonly string[] = ['minUniformBufferOffsetAlignment', 'minStorageBufferOffsetAlignment'];

/** Throws OperationError for a limit that is unknown or beyond the adapter's. */
export function grantLimits(wanted: Readonly<Record<string, number | undefined>>): Limits {
  const granted: Record<string, number> = { ...defaultLimits };
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const offered = (adapterLimits as Readonly<Record<string, number>>)[name];
    if (offered === undefined) throw new DOMException(`There is no limit "${name}".`, 'OperationError');
    const isLeast = limitsThatAreLeast.includes(name);
    if (isLeast ? value < offered : value > offered)
      throw new DOMException(`The limit ${name} is ${offered}; ${value} was asked for.`, 'OperationError');
    const normal = granted[name] ?? offered;
    granted[name] = isLeast ? Math.min(normal, value) : Math.max(normal, value);
  }
  return granted as Limits;
}
