// /api/blobs: bytes by their SHA-256, put by whoever is signed in and read by everyone.
import type { BlobView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, Digest } from '../../src/protocol/ids.ts';
import { digestOf } from '../../src/protocol/sha256.ts';
import { addressKey } from './address-key.ts';
import { answerJson } from './answer.ts';
import { createByteBudget } from './byte-budget.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { wantSession } from './find-session.ts';
import { hashFast } from './hash-fast.ts';
import { MAX_BLOB_BYTES } from './limits.ts';
import { parseDigest } from './parse-query.ts';
import { readBytes } from './read-body.ts';
import { streamBytes } from './stream-bytes.ts';

export function addBlobRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { blobs, accounts, settings, nowMs, isStorageLow } = dependencies;
  const budget = createByteBudget();
  const take = (c: HttpContext, bytes: number) => budget.take(bytes, addressKey(c.var.address), c.var.isStranger);

  app.put('/api/blobs', async (c) => {
    const { account } = await wantSession(c, dependencies);
    if (isStorageLow()) throw new Fault('storage-low', 'The coordinator is short of disk and takes no uploads now; try again later.');
    const claimed = parseDigest(c.req.header('X-Sha256') ?? '');
    const { digest, bytes } = await receive(c, account, claimed);
    const view: BlobView = { digest, bytes };
    c.header('Location', `/api/blobs/${digest}`);
    return answerJson(c, view, 201);
  });

  app.get('/api/blobs/:digest', async (c) => {
    const digest = parseDigest(c.req.param('digest'));
    const etag = `"${digest}"`;
    const found = await blobs.stat(digest);
    if (found === null) throw new Fault('not-found', 'No bytes with this digest are stored here.', { facts: { digest } });
    if (c.req.header('If-None-Match') === etag) return addHeaders(c, digest, null).body(null, 304);
    if (c.req.raw.method === 'HEAD') return addHeaders(c, digest, found.bytes).body(null);
    const release = take(c, found.bytes);
    const bytes = await blobs.get(digest).catch((error: unknown) => {
      release();
      throw error;
    });
    if (bytes !== null) return addHeaders(c, digest, bytes.length).body(streamBytes(bytes, release));
    release();
    throw new Fault('not-found', 'No bytes with this digest are stored here.', { facts: { digest } });
  });

  async function receive(c: HttpContext, account: AccountId, claimed: Digest): Promise<BlobView> {
    // Without an announced length it may be the most that there can be.
    const announced = Number(c.req.header('Content-Length') ?? MAX_BLOB_BYTES);
    const release = take(c, announced > 0 ? Math.min(announced, MAX_BLOB_BYTES) : 0);
    try {
      const bytes = await readBytes(c, MAX_BLOB_BYTES);
      const digest = digestOf(bytes, hashFast);
      if (digest !== claimed) {
        throw new Fault('bad-request', 'The bytes that arrived have another SHA-256 than X-Sha256 says; send them again.', {
          facts: { digest },
        });
      }
      await accounts.registerUpload({ account, digest, bytes: bytes.length, quotaBytes: settings.blobQuotaBytes, nowMs: nowMs() });
      await blobs.put(bytes);
      return { digest, bytes: bytes.length };
    } finally {
      release();
    }
  }
}

/** Set last: a refusal must not leave with the length, or for ever in a cache. */
function addHeaders(c: HttpContext, digest: Digest, bytes: number | null): HttpContext {
  c.header('ETag', `"${digest}"`);
  c.header('Cache-Control', 'public, max-age=31536000, immutable');
  if (bytes === null) return c;
  c.header('Content-Type', 'application/octet-stream');
  c.header('Content-Disposition', `attachment; filename="${digest}"`);
  c.header('Content-Length', String(bytes));
  return c;
}
