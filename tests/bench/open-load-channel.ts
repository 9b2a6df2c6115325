// Signs a fresh account in over HTTP and opens its socket or data channel, as any headless contributor would.
import { WebSocket } from 'ws';
import { SOCKET_LIMITS } from '../../server/gateway/limits.ts';
import { type Api, createApi } from '../../src/account/create-api.ts';
import { requestTicket } from '../../src/account/session.ts';
import { signInWithKey } from '../../src/account/sign-in.ts';
import { KEY_ALGORITHM, makeSigningKey } from '../../src/account/signing-key.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { openWebSocketChannel } from '../../src/transport/websocket.ts';
import { openRtcClient } from '../support/rtc-client.ts';
import { bePatient } from './be-patient.ts';

/** A data channel on a busy machine may miss a packet of its handshake; another try is quicker than DTLS's own. */
const RTC_TRY_MS = 5_000;
const RTC_TRIES = 6;
/** Beside its WebRTC connection a contributor keeps its signalling socket, which wants a sign of life. */
const SIGNALLING_BEAT_MS = 20_000;

export interface OpenedLoad {
  readonly channel: Channel;
  readonly tries: number;
  close(): void;
}

/**
 * The coordinator takes a bounded number of sockets from one address. All of 127.0.0.0/8 is this machine (on Linux), so the load comes from
 * as many addresses as it needs, and the limit stays what it is for everyone.
 */
export function loopbackAddress(contributor: number): string {
  return `127.0.0.${1 + Math.floor(contributor / SOCKET_LIMITS.perAddress)}`;
}

/** With a session of its own. */
export async function signIn(url: string): Promise<Api> {
  const api = createApi({ baseUrl: url });
  const pair = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const key = await makeSigningKey(pair);
  const { token } = await bePatient(() => signInWithKey(api, key, 'headless'));
  return api.withToken(token);
}

export async function openLoadChannel(api: Api, kind: 'ws' | 'rtc', contributor: number): Promise<OpenedLoad> {
  return kind === 'ws' ? openWs(api, contributor) : openRtc(api, contributor);
}

async function openWs(api: Api, contributor: number): Promise<OpenedLoad> {
  const localAddress = loopbackAddress(contributor);
  class LocalSocket extends WebSocket {
    constructor(url: string) {
      super(url, { localAddress, perMessageDeflate: false });
    }
  }
  const url = `${api.baseUrl.replace(/^http/, 'ws')}/transport`;
  let tries = 0;
  const channel = await bePatient(async () => {
    tries++;
    const { ticket } = await requestTicket(api);
    return openWebSocketChannel({ url, ticket, WebSocket: LocalSocket });
  });
  return { channel, tries, close: () => undefined };
}

async function openRtc(api: Api, contributor: number): Promise<OpenedLoad> {
  const localAddress = loopbackAddress(contributor);
  for (let tries = 1; ; tries++) {
    const { ticket, peer } = await bePatient(() => requestTicket(api));
    const client = await openRtcClient({ baseUrl: api.baseUrl, peer, ticket, localAddress });
    const channel = await Promise.race([client.channel, afterMs(RTC_TRY_MS)]);
    if (channel) {
      const beat = setInterval(() => client.signalling.send('{"type":"HEARTBEAT"}'), SIGNALLING_BEAT_MS);
      return {
        channel,
        tries,
        close() {
          clearInterval(beat);
          client.close();
        },
      };
    }
    client.close();
    if (tries >= RTC_TRIES) throw new Error(`A data channel did not open in ${RTC_TRIES} tries of ${RTC_TRY_MS} ms.`);
  }
}

function afterMs(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
}
