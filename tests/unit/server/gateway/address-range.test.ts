// Addresses as proxies and kernels write them, and the ranges that two copies of a shard may not share.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, isLocalAddress, makeAddressRange, UNKNOWN_RANGE } from '../../../../server/gateway/address-range.ts';

const open = { listensOnLoopback: false, isHouse: false };

describe('the address of a client', () => {
  it('is the socket’s when no proxy is trusted, whatever the header says', () => {
    expect(clientAddress({ remoteAddress: '::ffff:203.0.113.7', forwardedFor: '1.2.3.4', trustProxy: false })).toBe('203.0.113.7');
    expect(clientAddress({ remoteAddress: undefined, forwardedFor: undefined, trustProxy: false })).toBe('');
  });

  it('is the last of X-Forwarded-For behind a trusted proxy: those before it are claims of the client', () => {
    const through = (forwardedFor: string | string[] | undefined) =>
      clientAddress({ remoteAddress: '127.0.0.1', forwardedFor, trustProxy: true });
    expect(through('6.6.6.6, 203.0.113.7')).toBe('203.0.113.7');
    expect(through(['6.6.6.6', '203.0.113.8'])).toBe('203.0.113.8');
    expect(through('[2001:DB8::1]:443')).toBe('2001:db8::1');
    expect(through('203.0.113.9:1234')).toBe('203.0.113.9');
    expect(through(undefined)).toBe('127.0.0.1');
  });
});

describe('the range of an address', () => {
  it('is the /24 or the /48', () => {
    expect(makeAddressRange({ ...open, address: '203.0.113.7' })).toBe('203.0.113.0/24');
    expect(makeAddressRange({ ...open, address: '2001:db8:5:6::7' })).toBe('2001:db8:5::/48');
    expect(makeAddressRange({ ...open, address: '2001:db8::7' })).toBe('2001:db8:0::/48');
    expect(makeAddressRange({ ...open, address: '::ffff:203.0.113.9' })).toBe('203.0.113.0/24');
    expect(makeAddressRange({ ...open, address: 'fe80::1%eth0' })).toBe('fe80:0:0::/48');
  });

  it('is one and the same for what cannot be read', () => {
    expect(makeAddressRange({ ...open, address: null })).toBe(UNKNOWN_RANGE);
    expect(makeAddressRange({ ...open, address: 'not an address' })).toBe(UNKNOWN_RANGE);
  });

  it('skips local addresses only while only they can reach us, and the house always', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '192.168.0.9',
      '172.20.1.1',
      '169.254.0.1',
      '100.64.1.1',
      '::1',
      'fd00::1',
      'fe80::1',
    ]) {
      expect(isLocalAddress(address)).toBe(true);
      expect(makeAddressRange({ address, listensOnLoopback: true, isHouse: false })).toBeNull();
      expect(makeAddressRange({ ...open, address })).not.toBeNull();
    }
    for (const address of ['172.32.0.1', '172.15.0.1', '11.0.0.1', '100.128.0.1', '192.169.0.1', '2001:db8::1', '::2']) {
      expect(isLocalAddress(address)).toBe(false);
      expect(makeAddressRange({ address, listensOnLoopback: true, isHouse: false })).not.toBeNull();
    }
    expect(makeAddressRange({ address: '203.0.113.7', listensOnLoopback: false, isHouse: true })).toBeNull();
  });

  it('of two addresses is the same exactly when their first 24 or 48 bits are', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), (a, b) => {
        const range = (address: string) => makeAddressRange({ ...open, address });
        expect(range(a) === range(b)).toBe(a.split('.').slice(0, 3).join() === b.split('.').slice(0, 3).join());
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.string(), (address, text) => {
        expect(makeAddressRange({ ...open, address })).toMatch(/^([0-9a-f:]+::\/48|[\d.]+\/24)$/);
        expect(makeAddressRange({ ...open, address: text })).not.toBeNull();
      }),
    );
  });
});
