// What the deciding rooms may use of Node: digests and MACs, which are functions of their arguments. Only tsconfig.core.json sees this file.

declare module 'node:crypto' {
  interface Digester {
    update(bytes: Uint8Array | string): Digester;
    digest(): Uint8Array<ArrayBuffer>;
    digest(encoding: 'hex' | 'base64url'): string;
  }
  export function createHash(algorithm: 'sha256'): Digester;
  export function createHmac(algorithm: 'sha256', secret: Uint8Array | string): Digester;
  export function hash(algorithm: 'sha256', bytes: Uint8Array, encoding: 'binary' | 'hex'): string;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
