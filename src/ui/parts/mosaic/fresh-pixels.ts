// Which shards of a picture were painted since it was last put onto a canvas: a large picture is not drawn whole for each of them.

const freshOf = new WeakMap<ImageData, Set<number>>();

/** The bytes of a shard have come into the picture. */
export function noteFresh(pixels: ImageData, index: number): void {
  const fresh = freshOf.get(pixels);
  if (fresh) fresh.add(index);
  else freshOf.set(pixels, new Set([index]));
}

/** What is fresh, once. */
export function takeFresh(pixels: ImageData): readonly number[] {
  const fresh = [...(freshOf.get(pixels) ?? [])];
  freshOf.delete(pixels);
  return fresh;
}
