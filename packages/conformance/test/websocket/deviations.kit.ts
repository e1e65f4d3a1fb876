import type { ListenerName } from "../../src/start-server.ts";

/** A place where a listener is not as RFC 6455 says. Cases assert what it does instead, exactly. */
export interface Deviation {
  readonly of: readonly ListenerName[];
  /** The section of RFC 6455. */
  readonly section: string;
  /** What the section asks for. */
  readonly rule: string;
  /** What the listener does. */
  readonly does: string;
  /** Why it does no harm. */
  readonly why: string;
}

/**
 * All of them. uWebSockets.js offers no hook in front of its frame parser, so what that parser does cannot be mended from
 * outside; `ws` has an option for none of its own.
 */
export const deviations = {
  "cut-without-close": {
    of: ["uws"],
    section: "7.1.7",
    rule: "who fails a connection should send a close frame that says why before it ends the TCP connection",
    does: "ends the TCP connection at once: the client sees 1006 in place of 1002, 1007 or 1009",
    why: "the close frame is a courtesy (SHOULD); nothing of what follows the violation is looked at either way",
  },
  "close-code-not-judged": {
    of: ["uws"],
    section: "7.4, 5.5.1",
    rule: "a close frame with a code that must not be sent, a body of one byte, or a reason that is no UTF-8 fails the connection with 1002 or 1007",
    does: "answers with a close frame without a body",
    why: "the connection ends as it would have; the server counts such an end as one without a code, or as a break",
  },
  "close-code-not-echoed": {
    of: ["uws"],
    section: "7.4.2, 5.5.1",
    rule: "a close frame is typically answered with its own code, also with 1012 to 1014 and 3000 to 3999",
    does: "answers with a close frame without a body",
    why: "the close is clean; a client knows what it sent",
  },
  "answers-lost-at-close": {
    of: ["uws"],
    section: "5.5.1",
    rule: "a close frame may be answered late, once what is being sent has been sent",
    does: "answers a close frame at once: answers to messages that arrived in the same read are not sent any more",
    why: "they were for the client that has just said that it goes; what it sent to others reaches them",
  },
  "close-not-awaited": {
    of: ["uws"],
    section: "7.1.1",
    rule: "who sends the first close frame waits for the other's before the TCP connection ends",
    does: "ends its half of the TCP connection right behind a close frame of its own",
    why: "everything sent before it arrives; a client that answers writes to a half that nobody reads",
  },
  "mask-bit-not-looked-at": {
    of: ["uws"],
    section: "5.1",
    rule: "a frame without the mask bit fails the connection",
    does: "takes every frame for a masked one: the first four bytes behind the head are its mask, whatever the bit says",
    why: "masks protect proxies from scripts in browsers, which cannot leave them out; a client that does garbles its own frames alone",
  },
  "message-inside-message": {
    of: ["uws"],
    section: "5.4",
    rule: "fragments of two messages must not be interleaved: a new message before the last fragment fails the connection",
    does: "takes a binary frame for a continuation of a text, and behind a control frame any data frame; the last one's kind is the message's",
    why: "the message is what its sender put together; its bounds and the check of text for UTF-8 hold for the whole of it",
  },
  "length-not-minimal": {
    of: ["uws", "node"],
    section: "5.2",
    rule: "a length must be written in the fewest bytes",
    does: "reads a short length that is written in 16 or 64 bits",
    why: "it says the same; no bound is applied to anything but the length itself",
  },
  "fragments-bounded": {
    of: ["node"],
    section: "10.4",
    rule: "limits are up to an implementation, and there is none for the number of fragments otherwise",
    does: "closes with 1008 a message of more than 16,384 fragments",
    why: "each fragment costs memory until the last has come; a message of 1 MiB may still come in fragments of 64 bytes",
  },
  "pings-bounded": {
    of: ["node"],
    section: "5.5.2",
    rule: "every ping is answered, though an older one need not be where a newer one has come",
    does: "cuts a connection that sends more than 60 pings at once",
    why: "pongs that nobody reads would cost memory without a bound; no client has a use for 60 pings in one moment",
  },
} as const satisfies Readonly<Record<string, Deviation>>;

export type DeviationName = keyof typeof deviations;

export function deviates(listener: ListenerName, name: DeviationName): boolean {
  return (deviations[name].of as readonly ListenerName[]).includes(listener);
}
