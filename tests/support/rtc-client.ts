// Speaks to PeerServer as the stock PeerJS client does, from Node: signalling over `ws`, the connection by node-datachannel.
import { PeerConnection } from 'node-datachannel';
import { WebSocket } from 'ws';
import { createRtcChannel } from '../../server/gateway/rtc-channel.ts';
import type { Channel } from '../../src/transport/channel.ts';

export interface RtcClient {
  readonly signalling: WebSocket;
  readonly connection: PeerConnection;
  readonly channel: Promise<Channel>;
  close(): void;
}

export interface RtcClientOptions {
  readonly baseUrl: string;
  readonly peer: string;
  readonly ticket: string;
  readonly serialization?: string;
  /** Where the signalling socket comes from; any address of this machine. */
  readonly localAddress?: string;
}

/** Resolves when PeerServer has registered the peer; the channel opens after that. */
export async function openRtcClient(options: RtcClientOptions): Promise<RtcClient> {
  const { baseUrl, peer, ticket, serialization = 'raw', localAddress } = options;
  const url = `${baseUrl.replace('http', 'ws')}/peer/peerjs?key=peerjs&id=${peer}&token=${ticket}&version=1.5.5`;
  const signalling = new WebSocket(url, localAddress === undefined ? {} : { localAddress });
  await new Promise<void>((resolve, reject) => {
    signalling.once('message', () => resolve());
    signalling.once('error', reject);
  });
  const connection = new PeerConnection(peer, { iceServers: [], bindAddress: '127.0.0.1', maxMessageSize: 262_144 });
  const connectionId = `dc_${peer}`;
  const say = (type: string, payload: object): void =>
    signalling.send(JSON.stringify({ type, dst: 'coordinator', payload: { type: 'data', connectionId, ...payload } }));
  const held: object[] = [];
  let isAnswered = false;
  connection.onLocalDescription((sdp, type) => say('OFFER', { sdp: { type, sdp }, label: connectionId, reliable: true, serialization }));
  // Held until the answer is here: an offerer that hears DTLS before it hangs.
  connection.onLocalCandidate((candidate, sdpMid) => {
    const payload = { candidate: { candidate, sdpMid, sdpMLineIndex: 0 } };
    if (isAnswered) say('CANDIDATE', payload);
    else held.push(payload);
  });
  signalling.on('message', (data) => {
    const { type, payload } = JSON.parse(data.toString());
    if (type === 'ANSWER') {
      connection.setRemoteDescription(payload.sdp.sdp, payload.sdp.type);
      isAnswered = true;
      for (const candidate of held.splice(0)) say('CANDIDATE', candidate);
    } else if (type === 'CANDIDATE') connection.addRemoteCandidate(payload.candidate.candidate, payload.candidate.sdpMid);
  });
  const wire = connection.createDataChannel(connectionId);
  return {
    signalling,
    connection,
    channel: new Promise((resolve) => wire.onOpen(() => resolve(createRtcChannel(wire, () => {})))),
    close() {
      signalling.terminate();
      connection.close();
    },
  };
}
