// What transport.test.ts asks of its page, and what the page answers.

export interface PageTarget {
  readonly baseUrl: string;
  readonly peerPath: string;
  readonly coordinator: string;
  readonly peerId: string;
  readonly ticket: string;
  /** For the WebSocket, should it come to that. */
  readonly spareTicket: string;
}

export interface EchoReply {
  readonly kind: string;
  readonly why: string;
  readonly openMs: number;
  readonly echoMs: number;
  readonly isSame: boolean;
}

export interface TransportHarness {
  /** Opens the best channel and sends one message of `bytes` there and back. */
  echo(target: PageTarget, bytes: number): Promise<EchoReply>;
  /** The same, with the frames going through a port to a worker that sends and compares. */
  echoInWorker(target: PageTarget, bytes: number): Promise<EchoReply>;
  /** Only WebRTC; gives the code and sentence of its failure. */
  openPeerAndFail(target: PageTarget): Promise<{ readonly code: string; readonly sentence: string }>;
  /** Sends one message of `bytes` over WebRTC and closes as soon as it has left the outbox. */
  sendAndClose(target: PageTarget, bytes: number): Promise<void>;
  /** Says hello over WebRTC and stays; gives the type of the first answer. */
  sayHello(target: PageTarget): Promise<string>;
  /** How the connection that `sayHello` opened ended. */
  ending(): Promise<{ readonly reason: string; readonly sentence: string }>;
}
