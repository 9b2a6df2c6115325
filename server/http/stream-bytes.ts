// Bytes as a stream that the reader pulls, so that one knows when they have left.

const PIECE_BYTES = 256 * 1024;

/** `onEnd` is called once all was read or the reader has gone. */
export function streamBytes(bytes: Uint8Array, onEnd: () => void): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (at < bytes.length) {
          controller.enqueue(bytes.subarray(at, at + PIECE_BYTES));
          at += PIECE_BYTES;
          return;
        }
        onEnd();
        controller.close();
      },
      cancel: onEnd,
    },
    { highWaterMark: 0 },
  );
}
