import type { Sending } from "../ports/dialer.ts";
import type { Exchange, HeaderList, ResponseBody } from "../ports/listener.ts";
import type { HttpProxy, ProxyFailure, ProxyRequest } from "../proxy/http-proxy.ts";
import { corsHeaders } from "./cors.ts";
import type { Answer, Response } from "./route.ts";

/**
 * Sends a request through the proxy and its answer, as it comes, to who asked. Resolves once that is over: with the
 * answer of a failure that came before the target's, or with the status where all was answered that could be.
 */
export function relay(
  exchange: Exchange,
  proxy: HttpProxy,
  request: ProxyRequest,
  origins: readonly string[],
  describe: (failure: ProxyFailure) => Response,
): Promise<Answer> {
  return new Promise((resolve) => {
    let body: ResponseBody | null = null;
    let answered: number | null = null;
    let sending: Sending | null = null;

    /** Lets go of what was the request's: what outlives it would keep it from being collected while it is young. */
    function finish(response: Response | null): void {
      if (body !== null) body.onDrain = null;
      body = null;
      sending = null;
      resolve(response ?? { answered });
    }

    sending = proxy.send(request, {
      head(status, headers, length) {
        answered = status;
        body = exchange.open(status, withCors(exchange, headers, origins), length);
        if (body !== null) body.onDrain = () => sending?.resume();
      },
      data(chunk) {
        if (body?.write(chunk) === false) sending?.pause();
      },
      end() {
        body?.end();
        finish(null);
      },
      failed(failure) {
        body?.cut();
        finish(body === null ? describe(failure) : null);
      },
    });
    exchange.onGone(() => {
      sending?.abort();
      finish(null);
    });
  });
}

/** Which pages may read an answer is up to this server, whatever the target says of it. */
function withCors(exchange: Exchange, headers: HeaderList, origins: readonly string[]): HeaderList {
  if (exchange.header("origin") === undefined) return headers;
  const theirs = headers.filter(([name]) => !name.startsWith("access-control-"));
  return [...theirs, ...Object.entries(corsHeaders(exchange, origins))];
}
