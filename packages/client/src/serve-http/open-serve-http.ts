import type { Late } from "../messaging/late.ts";
import { lateObject } from "../messaging/late-object.ts";
import type { HttpServing } from "./http-serving.ts";
import type { HttpHandler, HttpService, ServeHttpOptions } from "./serve-http.ts";

/** What a client does with proxied requests; it is loaded with the first of it. */
export const openServeHttp =
  (late: Late<HttpServing>) =>
  (handler: HttpHandler, options?: ServeHttpOptions): HttpService =>
    lateObject(
      late((part, refusal) => part.serve(refusal, handler, options)),
      ["serving", "stop", Symbol.asyncDispose],
    );
