// /api/session: a challenge, a sign-in by key or wallet, who am I, attach a wallet, a ticket for a socket, sign out.
import * as v from 'valibot';
import type { AccountView, SessionView, SignedInView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { answerJson } from './answer.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies, SignedIn } from './dependencies.ts';
import { findSession, wantSession } from './find-session.ts';
import { MAX_SIGN_IN_BYTES, SESSION_LIFETIME_MS } from './limits.ts';
import { readJson } from './read-body.ts';
import { clearSessionCookie, writeSessionCookie } from './session-cookie.ts';

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const signInBody = v.variant('kind', [
  v.strictObject({
    kind: v.picklist(['guest', 'headless']),
    publicKey: text(200),
    nonce: text(64),
    expiresAtMs: v.pipe(v.number(), v.safeInteger()),
    signature: text(200),
  }),
  v.strictObject({ kind: v.literal('wallet'), message: text(8_192), signature: text(1_000) }),
]);
const attachBody = v.strictObject({ message: text(8_192), walletSignature: text(1_000), guestSignature: text(200) });

export function addSessionRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { rules, accounts, nowMs } = dependencies;

  app.post('/api/session/challenge', (c) => answerJson(c, rules.makeChallenge(c.var.origin, nowMs())));

  app.post('/api/session', async (c) => {
    const body = await readJson(c, signInBody, MAX_SIGN_IN_BYTES);
    if (body.kind === 'wallet')
      return answerJson(c, await openSession(c, dependencies, await signInWallet(c, dependencies, body), false, 'wallet'));
    const { publicKey } = await rules.verifyKey(body, c.var.origin, nowMs());
    const kind = body.kind === 'headless' && publicKey === dependencies.settings.houseKey ? 'house' : body.kind;
    const signedIn = await accounts.signInKey({ kind, publicKey, nowMs: nowMs() });
    return answerJson(c, await openSession(c, dependencies, signedIn, body.kind === 'headless'));
  });

  app.get('/api/session', async (c) => {
    const session = await findSession(c, dependencies);
    // Nobody signed in is an answer, not a failure: pages ask this first, and a 4xx would stand in every console.
    if (session === null) return c.body(null, 204);
    const account = await readAccount(dependencies, session.account);
    const isOperator = dependencies.operators.isListed(account.wallet);
    const view: SessionView = { account, device: session.device, expiresAtMs: session.expiresAtMs, isOperator };
    return answerJson(c, view);
  });

  app.delete('/api/session', async (c) => {
    const session = await findSession(c, dependencies);
    if (session !== null) {
      if (c.req.query('all') === '1') await accounts.endAllSessions(session.account);
      else await accounts.endSession(session.tokenHash);
    }
    clearSessionCookie(c);
    return c.body(null, 204);
  });

  app.post('/api/session/attach', async (c) => {
    const session = await wantSession(c, dependencies);
    const body = await readJson(c, attachBody, MAX_SIGN_IN_BYTES);
    return answerJson(c, await attach(c, dependencies, session, body));
  });

  app.post('/api/session/ticket', async (c) => {
    const { account, device } = await wantSession(c, dependencies);
    const { kind } = await readAccount(dependencies, account);
    return answerJson(c, dependencies.issueTicket({ account, accountKind: kind, device, address: c.var.address }));
  });
}

async function signInWallet(
  c: HttpContext,
  { rules, accounts, nowMs }: HttpDependencies,
  body: v.InferOutput<typeof signInBody> & { readonly kind: 'wallet' },
): Promise<SignedIn> {
  const { wallet, deviceKey } = await rules.verifyWallet(body, c.var.origin, nowMs());
  return accounts.signInWallet({ wallet, deviceKey, nowMs: nowMs() });
}

async function attach(
  c: HttpContext,
  dependencies: HttpDependencies,
  session: SignedIn,
  body: v.InferOutput<typeof attachBody>,
): Promise<SignedInView> {
  const { rules, accounts, nowMs } = dependencies;
  const { wallet, deviceKey } = await rules.verifyAttach(body, c.var.origin, nowMs());
  // The key the wallet named must be this session's own, or a page could hand over somebody else's account.
  const owner = await accounts.signInKey({ kind: 'guest', publicKey: deviceKey, nowMs: nowMs() });
  if (owner.account !== session.account)
    throw new Fault('forbidden', 'The guest key in the message is not the one that is signed in here.');
  const { wallet: attached } = await readAccount(dependencies, session.account);
  if (attached !== null && attached.toLowerCase() !== wallet.toLowerCase()) {
    throw new Fault('already-attached', 'This account is attached to another wallet; that is done once.');
  }
  const account = attached === null ? await accounts.attachWallet({ guest: session.account, wallet, nowMs: nowMs() }) : session.account;
  return openSession(c, dependencies, { account, device: owner.device }, c.req.header('Authorization') !== undefined, 'wallet');
}

/** A new session in the place of the one before; browsers get a cookie, headless clients the token. */
export async function openSession(
  c: HttpContext,
  dependencies: HttpDependencies,
  { account, device }: SignedIn,
  isHeadless: boolean,
  signedBy: 'key' | 'wallet' = 'key',
): Promise<SignedInView> {
  const { rules, accounts, nowMs } = dependencies;
  const before = await findSession(c, dependencies);
  const token = rules.makeToken();
  const now = nowMs();
  const expiresAtMs = now + SESSION_LIFETIME_MS;
  await accounts.createSession({ tokenHash: rules.hashToken(token), account, device, expiresAtMs, nowMs: now, signedBy });
  if (before !== null) await accounts.endSession(before.tokenHash);
  if (!isHeadless) writeSessionCookie(c, token);
  const view = await grantWhenDue(dependencies, account);
  const isOperator = dependencies.operators.isListed(view.wallet);
  return { account: view, device, expiresAtMs, isOperator, token: isHeadless ? token : null };
}

async function grantWhenDue(dependencies: HttpDependencies, account: SignedIn['account']): Promise<AccountView> {
  const { rules, accounts, nowMs } = dependencies;
  const view = await readAccount(dependencies, account);
  if (!rules.isGrantDue(view)) return view;
  const granted = await accounts.grantStart(account, nowMs());
  return granted > 0n ? readAccount(dependencies, account) : view;
}

async function readAccount({ accounts }: HttpDependencies, account: SignedIn['account']): Promise<AccountView> {
  const view = await accounts.accountView(account);
  if (view === null) throw new Fault('not-signed-in', 'This account is gone; sign in again.');
  return view;
}
