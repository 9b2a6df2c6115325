// Two ends of a WebRTC connection in one process, made with node-datachannel, for tests of the server's side.
import { type DataChannel, PeerConnection } from 'node-datachannel';

export interface RtcPair {
  readonly offerer: DataChannel;
  readonly answerer: DataChannel;
  close(): void;
}

/** Candidates wait for the answer: an offerer that hears DTLS before the answer refuses its certificate and hangs. */
export function openRtcPair(): Promise<RtcPair> {
  const config = { iceServers: [], bindAddress: '127.0.0.1', maxMessageSize: 262_144 };
  const [a, b] = [new PeerConnection('offerer', config), new PeerConnection('answerer', config)];
  const held: (() => void)[] = [];
  let isAnswered = false;
  const exchange = (action: () => void): void => {
    if (isAnswered) action();
    else held.push(action);
  };
  a.onLocalDescription((sdp, type) => b.setRemoteDescription(sdp, type));
  b.onLocalDescription((sdp, type) => {
    a.setRemoteDescription(sdp, type);
    isAnswered = true;
    for (const action of held) action();
  });
  a.onLocalCandidate((candidate, mid) => exchange(() => b.addRemoteCandidate(candidate, mid)));
  b.onLocalCandidate((candidate, mid) => exchange(() => a.addRemoteCandidate(candidate, mid)));
  const close = (): void => {
    a.close();
    b.close();
  };
  return new Promise((resolve) => {
    const offerer = a.createDataChannel('test');
    const opened = new Promise<void>((done) => offerer.onOpen(done));
    b.onDataChannel((answerer) => void opened.then(() => resolve({ offerer, answerer, close })));
  });
}
