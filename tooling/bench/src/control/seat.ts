import type { WebSocket } from "uWebSockets.js";

/** What a control keeps for a connection. */
export interface Seat {
  /** Its place among the receivers; −1 where it is none. */
  readonly receiver: number;
  /** Whether its first frame has come. */
  greeted: boolean;
}

export type ControlSocket = WebSocket<Seat>;

/** Handles a frame after the first. `receivers` are in the order of their places. */
export type Handler = (socket: ControlSocket, frame: ArrayBuffer, receivers: readonly ControlSocket[]) => void;
