import { createDecipheriv } from "node:crypto";
import { DurableObject } from "cloudflare:workers";

/**
 * The floors: the least that a Worker of this platform can do for the same request. Each reads and parses the same body
 * (it must, to know which object is meant) and answers the same bytes under the same headers.
 *
 * /constant  answers from the Worker
 * /object    asks an object, which answers a string from its memory
 * /row       asks an object, which writes one row first
 * /read      asks an object, which reads its row first: for a cold wake
 * /token     opens the A256GCM token of the cookie, and answers from the Worker
 */
interface FloorEnv {
  readonly FLOOR: DurableObjectNamespace<FloorObject>;
  readonly DECIDE_REPLY: string;
  readonly INGEST_REPLY: string;
  /** Size of the row that is written, as measured in our own objects. */
  readonly ROW_BYTES: number;
  /** base64 */
  readonly TOKEN_KEY: string;
}

export class FloorObject extends DurableObject<FloorEnv> {
  readonly #reply = this.env.DECIDE_REPLY;
  readonly #filling = "x".repeat(this.env.ROW_BYTES);
  #ready = false;

  decide(): string {
    return this.#reply;
  }

  ingest(body: string): string {
    const { sql } = this.ctx.storage;
    if (!this.#ready) sql.exec("CREATE TABLE IF NOT EXISTS part (k INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    this.#ready = true;
    const row = body + this.#filling.slice(body.length);
    sql.exec("INSERT INTO part (k, body) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET body = ?2", 0, row);
    return this.env.INGEST_REPLY;
  }

  read(): string {
    const row = this.ctx.storage.sql.exec<{ body: string }>("SELECT body FROM part WHERE k = 0").one();
    return row.body.length > 0 ? this.#reply : "";
  }
}

interface Body {
  readonly identity?: { readonly userId: string };
  readonly userId?: string;
  readonly batch?: readonly { readonly userId: string }[];
}

const ids = new Map<string, DurableObjectId>();

export default {
  async fetch(request, env): Promise<Response> {
    const text = await request.text();
    const body: Body = JSON.parse(text);
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/constant":
        return decided(env.DECIDE_REPLY);
      case "/object":
        return decided(await stub(env, body).decide());
      case "/read":
        return decided(await stub(env, body).read());
      case "/token":
        return open(request, env) === undefined ? new Response(null, { status: 400 }) : decidedHere(env.DECIDE_REPLY);
      case "/row":
        return new Response(await stub(env, body).ingest(text), {
          headers: { "content-type": "application/json", "cache-control": "no-store" },
        });
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<FloorEnv>;

function decided(reply: string): Response {
  return new Response(reply, {
    headers: { "content-type": "application/json", "cache-control": "no-store", "server-timing": "hops;desc=1" },
  });
}

/** As ours, which tells a page nothing of hops. */
function decidedHere(reply: string): Response {
  return new Response(reply, { headers: { "content-type": "application/json", "cache-control": "no-store" } });
}

let key: Buffer | undefined;

/** What the token says: a JWE of `dir` and A256GCM. @returns undefined where it is none */
function open(request: Request, env: FloorEnv): object | undefined {
  const token = /tl_m=([^;]+)/.exec(request.headers.get("cookie") ?? "")?.[1];
  if (token === undefined) return undefined;
  const [header = "", , iv = "", sealed = "", tag = ""] = token.split(".");
  const under = (key ??= Buffer.from(env.TOKEN_KEY, "base64"));
  const decipher = createDecipheriv("aes-256-gcm", under, Buffer.from(iv, "base64url"));
  decipher.setAAD(Buffer.from(header)).setAuthTag(Buffer.from(tag, "base64url"));
  const text = Buffer.concat([decipher.update(Buffer.from(sealed, "base64url")), decipher.final()]).toString();
  return JSON.parse(text) as object;
}

function stub(env: FloorEnv, { identity, userId, batch }: Body): DurableObjectStub<FloorObject> {
  const name = identity?.userId ?? userId ?? batch?.[0]?.userId ?? "";
  let id = ids.get(name);
  if (id === undefined) {
    id = env.FLOOR.idFromName(name);
    ids.set(name, id);
  }
  return env.FLOOR.get(id);
}
