import type { Route } from "./route.ts";

const socketPath = "/gateway/websocket";

/** `GET /` leads to the gateway, as in v1. */
export const rootRoute: Route = {
  method: "GET",
  path: "/",
  open: true,
  answer: () => ({ status: 302, headers: { location: socketPath }, body: "" }),
};

/** A plain request where a WebSocket is expected, with and without the trailing slash. */
export const gatewayRoutes: readonly Route[] = [socketPath, `${socketPath}/`].map((path) => ({
  method: "GET",
  path,
  open: true,
  answer: () => ({ status: 426, headers: { upgrade: "websocket", connection: "Upgrade" }, body: "" }),
}));
