// A liar's way to the network: a proxy on loopback that spoils the engine worker's code on its way to the browser.
import { type EditingProxy, openEditingProxy } from './open-editing-proxy.ts';

/**
 * Put before the engine worker's own code: turns over bytes of every buffer the worker hands over. The product has no such thing;
 * a liar brings its own.
 */
const LIE = `
const post = self.postMessage.bind(self);
const spoil = (value, seen) => {
  if (value === null || typeof value !== 'object' || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    for (let i = 0; i < bytes.length; i += 3) bytes[i] ^= 0x5a;
    return;
  }
  for (const part of value instanceof Map ? value.values() : Object.values(value)) spoil(part, seen);
};
self.postMessage = (message, ...rest) => { spoil(message, new Set()); post(message, ...rest); };
`;

export function openLyingProxy(target: string): Promise<EditingProxy> {
  return openEditingProxy(target, (path) => (/\/engine-worker[^/]*\.js$/.test(path) ? (code) => `${LIE}\n${code}` : null));
}
