/**
 * What a control process does with frames after the two that every client exchanges when it connects:
 *
 * - `idle`: nothing;
 * - `relay`: parses and prints each frame and sends it to the next receiver at once;
 * - `batched`: the same, but what gathers for a receiver in one turn of the event loop leaves as one write;
 * - `echo`: parses and prints each frame and sends it back inside the message handler, which the library corks;
 * - `broadcast`: sends ready bytes to every receiver, in a loop;
 * - `pass`: sends each frame to the other of two connections at once, as the bytes that came;
 * - `pass-parsed`: the same, but parses and prints each frame;
 * - `pass-batched`: the same bytes, but what gathers for a connection in one turn of the event loop leaves as one write;
 * - `target`: answers HTTP requests with as many bytes as their path says;
 * - `proxy`: passes HTTP requests on to the port that it is given;
 * - `queue`: appends to a file, synchronises in groups, then confirms and delivers.
 */
export const controlModes = [
  "idle",
  "relay",
  "batched",
  "echo",
  "broadcast",
  "pass",
  "pass-parsed",
  "pass-batched",
  "target",
  "proxy",
  "queue",
] as const;
export type ControlMode = (typeof controlModes)[number];
