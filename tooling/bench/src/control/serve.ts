import { App, DISABLED, type us_listen_socket, us_socket_local_port } from "uWebSockets.js";
import type { ControlSocket, Handler, Seat } from "./seat.ts";

/** As long as the server's own, so that connecting costs both sides the same bytes. */
const hello = '{"op":0,"d":{"heartbeat_interval":600000},"ts":1700000000000,"t":null}';
const ready = '{"op":2,"d":{"client_id":"client-0000","restricted":false},"ts":1700000000000,"t":null}';

/**
 * A bare uWebSockets.js server: takes every upgrade, sends one frame when a connection opens and one for its first
 * frame, and leaves all others to `handle`. Prints where it listens.
 */
export function serve(handle: Handler): void {
  const receivers: ControlSocket[] = [];
  const app = App();
  app.ws<Seat>("/*", {
    compression: DISABLED,
    idleTimeout: 0,
    sendPingsAutomatically: false,
    maxBackpressure: 16 * 1024 * 1024,
    maxPayloadLength: 1024 * 1024,
    upgrade(res, req, context) {
      const place = req.getQuery("receiver");
      res.upgrade<Seat>(
        { receiver: place ? Number(place) : -1, greeted: false },
        req.getHeader("sec-websocket-key"),
        req.getHeader("sec-websocket-protocol"),
        req.getHeader("sec-websocket-extensions"),
        context,
      );
    },
    open(socket) {
      const { receiver } = socket.getUserData();
      if (receiver >= 0) receivers[receiver] = socket;
      socket.send(hello);
    },
    message(socket, frame) {
      const seat = socket.getUserData();
      if (seat.greeted) return handle(socket, frame, receivers);
      seat.greeted = true;
      socket.send(ready);
    },
  });
  app.listen("127.0.0.1", 0, (socket: us_listen_socket | false) => {
    if (socket === false) throw new Error("cannot listen");
    process.stdout.write(`control listening on ws://127.0.0.1:${us_socket_local_port(socket)}\n`);
  });
}
