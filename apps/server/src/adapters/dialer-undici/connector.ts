import { buildConnector } from "undici";

/** Connects to addresses, within a time. */
export function createConnector(connectMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: connectMs, allowH2: false });
  return (options, callback) =>
    connect(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      if (error === null) callback(null, socket as never);
      else callback(final(error), null);
    });
}

/** A socket error of the library's own would have it connect again and again instead of giving the request up. */
function final(error: Error & { readonly code?: string }): Error {
  if (error.code !== "UND_ERR_SOCKET" && error.code !== "UND_ERR_INFO") return error;
  return Object.assign(new Error(error.message, { cause: error }), { code: "ECONNRESET" });
}
