// PURE. Whether an IP address is one of the open internet: the coordinator fetches a stranger's file from no other.
import { isIP, isIPv4 } from 'node:net';

/** IANA's special-purpose blocks that are not globally reachable, multicast and the reserved top. */
const CLOSED_V4: readonly (readonly [base: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];
/** Of IPv6 only 2000::/3 is given out; within it these lead elsewhere or nowhere. */
const CLOSED_V6: readonly (readonly [base: bigint, bits: number])[] = [
  // 2001::/23: Teredo, benchmarks and other protocols' own
  [0x20010000n << 96n, 23],
  // documentation
  [0x20010db8n << 96n, 32],
  [0x3fff0000n << 96n, 20],
  // 6to4 carries any IPv4 address
  [0x20020000n << 96n, 16],
];

export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (isIPv4(address)) return isPublicV4(readV4(address));
  const value = readV6(address);
  // An IPv4 address in IPv6 clothes: as it is (::ffff:a.b.c.d) or behind a translator (64:ff9b::a.b.c.d).
  if (value >> 32n === 0xffffn || value >> 32n === 0x0064ff9bn << 64n) return isPublicV4(Number(value & 0xffffffffn));
  if (value >> 125n !== 1n) return false;
  return !CLOSED_V6.some(([base, bits]) => value >> BigInt(128 - bits) === base >> BigInt(128 - bits));
}

function isPublicV4(value: number): boolean {
  return !CLOSED_V4.some(([base, bits]) => value >>> (32 - bits) === readV4(base) >>> (32 - bits));
}

function readV4(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0) >>> 0;
}

function readV6(address: string): bigint {
  const plain = address.replace(/%.*$/, '').replace(/(\d+\.\d+\.\d+\.\d+)$/, (dotted) => {
    const value = readV4(dotted);
    return `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
  });
  const [head = '', tail = ''] = plain.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((value, part) => (value << 16n) | BigInt(`0x${part}`), 0n);
}
