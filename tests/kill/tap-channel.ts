// A channel that writes down what goes through it before it passes it on, in both directions.
import { Reassembler } from '../../src/protocol/frame.ts';
import { parseClientMessage, parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { makeHeardLine, makeSaidLine, type ToldLine } from './told-line.ts';

export function tapChannel(inner: Channel, write: (line: ToldLine) => void, nowMs: () => number): Channel {
  const heard = new Reassembler();
  const said = new Reassembler();
  let onFrame: Channel['onFrame'] = null;
  let onClose: Channel['onClose'] = null;

  const note = (frame: Uint8Array, through: Reassembler, make: (bytes: Uint8Array) => ToldLine | null): void => {
    try {
      const bytes = through.accept(frame);
      const line = bytes ? make(bytes) : null;
      if (line) write(line);
    } catch (cause) {
      write({ kind: 'lost', atMs: nowMs(), why: `unreadable: ${cause instanceof Error ? cause.message : String(cause)}` });
    }
  };
  return {
    kind: inner.kind,
    send(frame) {
      note(frame, said, (bytes) => makeSaidLine(parseClientMessage(bytes).message, nowMs()));
      return inner.send(frame);
    },
    drained: () => inner.drained(),
    get onFrame() {
      return onFrame;
    },
    set onFrame(listener) {
      onFrame = listener;
      inner.onFrame =
        listener &&
        ((frame) => {
          note(frame, heard, (bytes) => makeHeardLine(parseServerMessage(bytes).message, nowMs()));
          listener(frame);
        });
    },
    get onClose() {
      return onClose;
    },
    set onClose(listener) {
      onClose = listener;
      inner.onClose =
        listener &&
        ((why) => {
          write({ kind: 'lost', atMs: nowMs(), why });
          listener(why);
        });
    },
    close: (why) => inner.close(why),
  };
}
