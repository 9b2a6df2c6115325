// The shard that was tried, where it belongs in the picture, and enlarged when it is small.
import { createMemo, type JSX } from 'solid-js';
import { assemblePicture, createPicture, type PictureView } from '../../../requester/assemble-picture.ts';
import { Mosaic } from '../../parts/mosaic/mosaic.tsx';
import { useWords } from '../../state/words.ts';
import type { Tried } from './try-shard.ts';
import { WORDS } from './words.ts';

/** A preview; the picture itself may be far larger than memory wants twice. */
const MAX_PREVIEW_PIXELS = 16_000_000;

export function TriedPicture(props: { readonly tried: Tried }): JSX.Element {
  const words = useWords(WORDS);
  const pixels = createMemo(() => {
    const { view, grid, workgroupsPerShard, index, bytes } = props.tried;
    const picture = view as PictureView;
    if (grid[0] * grid[1] * picture.square[0] * picture.square[1] > MAX_PREVIEW_PIXELS) return null;
    const target = createPicture(picture, grid);
    assemblePicture(picture, grid, workgroupsPerShard, index, bytes, target);
    return new ImageData(target.rgba, target.width, target.height);
  });
  return (
    <Mosaic
      source={props.tried}
      marks={[]}
      pixels={pixels()}
      painted={new Set([props.tried.index])}
      mine={new Set([props.tried.index])}
      revision={props.tried.count}
      label={words().trial.picture(props.tried.index)}
    />
  );
}
