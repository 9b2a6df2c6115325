// The worker's side of echoInWorker: a channel over the port it is given.
import { createPortChannel } from '../../src/transport/port.ts';
import { echoMessage } from './transport-echo.ts';

self.onmessage = async ({ data }: MessageEvent<{ readonly port: MessagePort; readonly bytes: number }>) => {
  self.postMessage(await echoMessage(createPortChannel(data.port), data.bytes));
};
