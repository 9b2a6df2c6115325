// Rewrites our own ICE candidates to the address others reach us at: behind a 1:1 NAT the machine does not know it. PURE.

const CANDIDATE = /^((?:a=)?candidate:\S+ \d+ \S+ \d+ )(\S+)( \d+ typ host\b.*)$/i;

/** The candidate with `publicAddress` in place of a host address of the same family; null when it has none to offer. */
export function rewriteCandidate(candidate: string, publicAddress: string | null): string | null {
  if (publicAddress === null) return candidate;
  const match = CANDIDATE.exec(candidate.trim());
  if (!match) return candidate;
  const isSameFamily = match[2]?.includes(':') === publicAddress.includes(':');
  return isSameFamily ? `${match[1]}${publicAddress}${match[3]}` : null;
}

/** The same for candidates that stand in a session description. */
export function rewriteDescription(sdp: string, publicAddress: string | null): string {
  if (publicAddress === null) return sdp;
  const lines = sdp.split('\r\n').map((line) => (line.startsWith('a=candidate:') ? rewriteCandidate(line, publicAddress) : line));
  return lines.filter((line) => line !== null).join('\r\n');
}
