// A channel over a MessagePort: the page owns the WebRTC connection, the supervisor worker speaks frames through it.
import type { Channel, ChannelKind } from './channel.ts';
import { createChannel } from './create-channel.ts';

/** The part of MessagePort that is used. */
export interface PortLike {
  // biome-ignore lint/suspicious/noExplicitAny: page, worker and Node name their own event types
  onmessage: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  postMessage(message: unknown, transfer: any): void;
  close(): void;
}

/** What crosses the port, both ways; `sent` counts bytes that left the worker's buffer. */
type PortMessage =
  | { readonly type: 'frame'; readonly frame: Uint8Array }
  | { readonly type: 'sent'; readonly bytes: number }
  | { readonly type: 'closed'; readonly why: string };

function postFrame(port: PortLike, frame: Uint8Array): void {
  // Handing over a buffer empties it here, so a view of a larger one is copied first.
  const whole = frame.byteLength === frame.buffer.byteLength ? frame : frame.slice();
  port.postMessage({ type: 'frame', frame: whole } satisfies PortMessage, [whole.buffer]);
}

/** The worker's side; `kind` is that of the connection behind the page's side. */
export function createPortChannel(port: PortLike, kind: ChannelKind = 'rtc'): Channel {
  let buffered = 0;
  const end = createChannel(kind, {
    write(frame) {
      buffered += frame.length;
      postFrame(port, frame);
    },
    bufferedBytes: () => buffered,
    close(why) {
      port.postMessage({ type: 'closed', why } satisfies PortMessage, []);
      port.close();
    },
  });
  port.onmessage = ({ data }: { readonly data: PortMessage }) => {
    switch (data.type) {
      case 'frame':
        return end.arrived(data.frame);
      case 'sent':
        buffered -= data.bytes;
        return end.fell();
      case 'closed':
        port.close();
        return end.ended(data.why);
    }
  };
  return end.channel;
}

/** The page's side: joins a connection to a port until one of them ends; the returned function ends both. */
export function bridgeChannel(channel: Channel, port: PortLike): (why?: string) => void {
  let pending = 0;
  let isDraining = false;
  const confirm = (): void => {
    isDraining = false;
    const bytes = pending;
    pending = 0;
    if (bytes > 0) port.postMessage({ type: 'sent', bytes } satisfies PortMessage, []);
  };
  port.onmessage = ({ data }: { readonly data: PortMessage }) => {
    if (data.type === 'closed') {
      port.close();
      return channel.close(data.why);
    }
    if (data.type !== 'frame') return;
    pending += data.frame.length;
    const hasRoom = channel.send(data.frame);
    if (isDraining) return;
    if (hasRoom) return confirm();
    isDraining = true;
    void channel.drained().then(confirm);
  };
  channel.onFrame = (frame) => postFrame(port, frame);
  channel.onClose = (why) => port.postMessage({ type: 'closed', why } satisfies PortMessage, []);
  return (why) => channel.close(why);
}
