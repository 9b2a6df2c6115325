// The npm package `bunny` (the Stanford bunny as a triangle mesh) has no types of its own.
declare module 'bunny' {
  const mesh: { readonly positions: readonly (readonly number[])[]; readonly cells: readonly (readonly number[])[] };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS, so its whole export is the default one.
  export default mesh;
}
