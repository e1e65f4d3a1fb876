/** Frames of the extension `http` (docs/protocol/serve-http.md): proxied requests as streams over the connection. */
import { Type } from "typebox";
import { toClient, toServer } from "./envelope.ts";
import { Nonce } from "./value.ts";

/** Whether proxied requests come over this connection from now on. */
export const ServeHttp = toServer("SERVE_HTTP", Type.Object({ serve: Type.Boolean() }));
export const ServingHttp = toClient("SERVING_HTTP", Type.Object({ serve: Type.Boolean(), nonce: Nonce }));

/** Header fields in order; one name may come several times. */
export const HeaderList = Type.Array(Type.Tuple([Type.String(), Type.String()]));

/** The payload of the CALL of method `http`; binary messages with the body follow, unless it says `end`. */
export const HttpRequestHead = Type.Object({
  method: Type.String(),
  /** Path and query string, as they were sent. */
  path: Type.String(),
  headers: HeaderList,
});
/** The payload of the first message back; binary messages with the body follow, unless it says `end`. */
export const HttpResponseHead = Type.Object({
  status: Type.Integer({ minimum: 200, maximum: 599 }),
  headers: HeaderList,
});
