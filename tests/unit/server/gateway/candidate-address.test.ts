// Our ICE candidates behind a NAT: the public address replaces host addresses of its own family.
import { expect, it } from 'vitest';
import { rewriteCandidate, rewriteDescription } from '../../../../server/gateway/candidate-address.ts';

const HOST = 'candidate:1 1 UDP 2122317823 10.0.0.5 40000 typ host';

it('leaves candidates alone without a public address', () => {
  expect(rewriteCandidate(HOST, null)).toBe(HOST);
  expect(rewriteDescription(`v=0\r\na=${HOST}\r\n`, null)).toBe(`v=0\r\na=${HOST}\r\n`);
});

it('puts the public address in place of the host’s, keeping the port', () => {
  expect(rewriteCandidate(HOST, '203.0.113.1')).toBe('candidate:1 1 UDP 2122317823 203.0.113.1 40000 typ host');
  expect(rewriteCandidate('a=candidate:2 1 UDP 1 fd00::5 40000 typ host', '2001:db8::1')).toBe(
    'a=candidate:2 1 UDP 1 2001:db8::1 40000 typ host',
  );
});

it('withholds the other family, and passes what is no host candidate', () => {
  expect(rewriteCandidate('candidate:2 1 UDP 1 fd00::5 40000 typ host', '203.0.113.1')).toBeNull();
  const reflexive = 'candidate:3 1 UDP 1 198.51.100.1 40000 typ srflx raddr 0.0.0.0 rport 0';
  expect(rewriteCandidate(reflexive, '203.0.113.1')).toBe(reflexive);
});

it('does the same inside a description', () => {
  const sdp = ['v=0', `a=${HOST}`, 'a=candidate:2 1 UDP 1 fd00::5 40000 typ host', 'a=end-of-candidates', ''].join('\r\n');
  expect(rewriteDescription(sdp, '203.0.113.1')).toBe(
    ['v=0', 'a=candidate:1 1 UDP 2122317823 203.0.113.1 40000 typ host', 'a=end-of-candidates', ''].join('\r\n'),
  );
});
