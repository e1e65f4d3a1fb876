import type { PluginRoute, RouteCall } from "@singyeong/plugin";
import type { HookRequest, HookResponse } from "../../ports/hooks.ts";
import type { HeaderList } from "../../ports/listener.ts";
import { Deadline } from "./deadline.ts";
import type { Part } from "./part.ts";

const prefix = "/api/v1/plugin";
const withoutBody: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Has a plugin answer a request. Never rejects. */
export async function answerRoute(
  { guard, context }: Part,
  route: PluginRoute,
  params: RouteCall["params"],
  sent: HookRequest,
): Promise<HookResponse | { readonly ok: false; readonly reason: string }> {
  const deadline = new Deadline();
  const answer = (): unknown => {
    const signal = AbortSignal.any([deadline.signal, sent.signal]);
    return route.handle(toRequest(sent, signal), { params, peer: sent.peer, signal }, context);
  };
  const ran = await guard.run("routes", deadline, answer, drop);
  if (!ran.ok) return ran;
  if (!(ran.value instanceof Response)) {
    return guard.fail("routes", "invalid", new TypeError(`${route.path}: what it returned is no Response`));
  }
  const { status, headers, body, bodyUsed } = ran.value;
  // One that is forged or of `Response.error()` has a status that ends no exchange, one that was read no body any more.
  if (!(status >= 200 && status <= 599) || bodyUsed) {
    return guard.fail("routes", "invalid", new TypeError(`${route.path}: its response cannot be sent`));
  }
  return { ok: true, status, headers: [...headers], body };
}

function toRequest({ origin, method, path, query, headers, body }: HookRequest, signal: AbortSignal): Request {
  const url = `${origin}${prefix}${path}${query === "" ? "" : `?${query}`}`;
  const given = withoutBody.has(method) || body.byteLength === 0 ? null : (body as Uint8Array<ArrayBuffer>);
  return new Request(url, { method, headers: toHeaders(headers), body: given, signal });
}

/** Headers that cannot stand in a `Request` are left out. */
function toHeaders(list: HeaderList): Headers {
  const headers = new Headers();
  for (const [name, value] of list) {
    try {
      headers.append(name, value);
    } catch {
      // It has characters that no header may have.
    }
  }
  return headers;
}

/** Nobody waits for this response any more. */
function drop(late: unknown): void {
  if (late instanceof Response) void late.body?.cancel().catch(() => {});
}
