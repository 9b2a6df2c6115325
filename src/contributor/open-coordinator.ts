// From a base address to an open channel: signed in, one ticket a socket, WebRTC first and WebSocket otherwise.
import type { Api } from '../account/create-api.ts';
import { readWholeBody } from '../account/read-whole-body.ts';
import { requestTicket } from '../account/session.ts';
import type { NetworkView, TicketView } from '../protocol/api.ts';
import type { Digest } from '../protocol/ids.ts';
import type { Channel } from '../transport/channel.ts';
import { openBest } from '../transport/open-channel.ts';
import { openWebSocketChannel, type SocketConstructor } from '../transport/websocket.ts';
import type { FetchBlob } from './blob-source.ts';
import type { OpenChannel } from './hold-connection.ts';
import type { Identity } from './identity.ts';

export interface PeerRequest {
  readonly baseUrl: string;
  readonly peerPath: string;
  readonly coordinator: string;
  readonly peerId: string;
  readonly ticket: string;
}

export interface OpenerOptions {
  readonly api: Api;
  readonly identity: Identity;
  /** Null where there is no WebRTC: in Node. */
  readonly openPeer: ((request: PeerRequest) => Promise<Channel>) | null;
  /** Where the platform has none of its own. */
  readonly WebSocket?: SocketConstructor;
}

export function createChannelOpener({ api, identity, openPeer, WebSocket }: OpenerOptions): OpenChannel {
  return async (onStep) => {
    onStep('account');
    const signedIn = await identity.signIn();
    onStep('connecting');
    const { peer } = await api.readJson<NetworkView>('/api/network');
    const openRtc = peer && openPeer ? async () => openPeer(makePeerRequest(api, peer, await requestTicket(signedIn))) : null;
    const openWs = async (): Promise<Channel> => {
      // A ticket opens one socket, and the first may have been spent on WebRTC.
      const { ticket } = await requestTicket(signedIn);
      return openWebSocketChannel({ url: `${api.baseUrl.replace(/^http/, 'ws')}/transport`, ticket, ...(WebSocket ? { WebSocket } : {}) });
    };
    const { channel } = await openBest({ openRtc, openWs });
    return channel;
  };
}

function makePeerRequest(api: Api, peer: NonNullable<NetworkView['peer']>, { ticket, peer: peerId }: TicketView): PeerRequest {
  return { baseUrl: api.baseUrl, peerPath: peer.path, coordinator: peer.coordinator, peerId, ticket };
}

/** Blobs are content-addressed and open to everyone: no session is needed. */
export function createBlobFetcher(api: Api): FetchBlob {
  return async (digest: Digest) => readWholeBody(await api.send(`/api/blobs/${digest}`));
}
