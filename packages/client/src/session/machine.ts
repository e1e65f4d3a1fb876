/**
 * The life of a session as a total table: for every state and every event, the next state and what is to be done. The
 * table decides, `session.ts` does. A session outlives its connections.
 */

export type State =
  /** Made, not started. */
  | "idle"
  /** A socket opens, or is open and the server has not said hello. */
  | "dialing"
  /** Introduced; the server has not let us in yet. */
  | "identifying"
  /** In: messages flow. */
  | "ready"
  /** Between two attempts. */
  | "waiting"
  /** The end was asked for and a socket says its farewell. */
  | "closing"
  /** The end. */
  | "closed";

export type Event =
  /** Begin. */
  | "start"
  /** The server said hello. */
  | "hello"
  /** The server let us in. */
  | "ready"
  /** The server asks to go elsewhere. */
  | "goodbye"
  /** The connection broke, and the next one may go on where it ended. */
  | "parted"
  /** The time is over in which it may. */
  | "expired"
  /** The attempt or the connection failed, and another attempt may succeed. */
  | "lost"
  /** … and no other attempt will be made: refused for good, or attempts used up. */
  | "failed"
  /** The delay between two attempts is over. */
  | "elapsed"
  /** The end was asked for. */
  | "stop"
  /** The socket that said its farewell is gone. */
  | "gone";

export type Effect =
  /** Open a socket to the server at hand, and a timer for the attempt. */
  | "dial"
  /** Send identify. */
  | "introduce"
  /** Stop the attempt's timer, send what waited, tell those who wait. */
  | "welcome"
  /** Let the socket go without ceremony, and what was had on it as well. */
  | "drop"
  /** Let the socket go, keep what was had on it, and start the timer for how long. */
  | "part"
  /** Let go what was kept. */
  | "forsake"
  /** Keep the socket for what it still brings, but send nothing more on it. */
  | "retire"
  /** Turn to the next server. */
  | "turn"
  /** Start the timer for the next attempt. */
  | "schedule"
  /** Stop the timer for the next attempt. */
  | "unschedule"
  /** Close the socket in a civil way. */
  | "farewell"
  /** Everything is over: tell everyone. */
  | "finish";

/** The next state, and what is to be done on the way. */
export type Step = readonly [to: State, ...effects: Effect[]];

/** What a state begins with: every event, meaning nothing. */
const nothing = {
  start: null,
  hello: null,
  ready: null,
  goodbye: null,
  parted: null,
  expired: null,
  lost: null,
  failed: null,
  elapsed: null,
  stop: null,
  gone: null,
} as const satisfies Readonly<Record<Event, null>>;

/** `null` is for events that mean nothing in a state: late ones of a socket that was let go, or a second stop. */
export const table: Readonly<Record<State, Readonly<Record<Event, Step | null>>>> = {
  idle: {
    ...nothing,
    start: ["dialing", "dial"],
    failed: ["closed", "finish"],
    stop: ["closed", "finish"],
  },
  dialing: {
    ...nothing,
    // Not `ready`: a server that lets us in without a hello is none.
    hello: ["identifying", "introduce"],
    goodbye: ["waiting", "drop", "turn", "schedule"],
    expired: ["dialing", "forsake"],
    lost: ["waiting", "drop", "turn", "schedule"],
    failed: ["closed", "drop", "finish"],
    stop: ["closed", "drop", "finish"],
  },
  identifying: {
    ...nothing,
    // Not `expired`: the server may have let us go on already, and its answer counts.
    ready: ["ready", "welcome"],
    goodbye: ["waiting", "drop", "turn", "schedule"],
    lost: ["waiting", "drop", "turn", "schedule"],
    failed: ["closed", "drop", "finish"],
    stop: ["closing", "farewell"],
  },
  ready: {
    ...nothing,
    goodbye: ["dialing", "retire", "turn", "dial"],
    parted: ["waiting", "part", "schedule"],
    lost: ["waiting", "drop", "turn", "schedule"],
    failed: ["closed", "drop", "finish"],
    stop: ["closing", "farewell"],
  },
  waiting: {
    ...nothing,
    expired: ["waiting", "forsake"],
    failed: ["closed", "unschedule", "finish"],
    elapsed: ["dialing", "dial"],
    stop: ["closed", "unschedule", "finish"],
  },
  closing: {
    ...nothing,
    lost: ["closed", "drop", "finish"],
    failed: ["closed", "drop", "finish"],
    gone: ["closed", "drop", "finish"],
  },
  closed: nothing,
};
