// What every request carries through the resources: where it came from and, once asked for, who it is.
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { SessionRecord } from './dependencies.ts';

export interface ActiveSession extends SessionRecord {
  readonly tokenHash: string;
}

export interface HttpEnvironment {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** The origin under which the client reached us. */
    origin: string;
    address: string;
    /** Names the request in the log and in the answer's X-Request-Id; a trusted proxy's own where it gives one. */
    requestId: string;
    /** Sent by a page that is not ours: its cookies count for nothing. */
    isForeign: boolean;
    /** Not from this machine to a coordinator that only this machine can reach: counted and bounded by address. */
    isStranger: boolean;
    /** Undefined until somebody asked. */
    session: ActiveSession | null | undefined;
  };
}

export type HttpContext = Context<HttpEnvironment>;
export type HttpApp = Hono<HttpEnvironment>;
