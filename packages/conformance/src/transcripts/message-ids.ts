/** A frame, or what a transcript has for one. */
interface Spoken {
  readonly t?: string | null;
  readonly d?: unknown;
}

type Body = Readonly<Record<string, unknown>>;

/** Ids of queued messages, which are chosen by the server: those of a transcript and those that stand for them here. */
export interface MessageIds {
  /** A frame of the server with the transcript's id in the place of its own, as far as they have met before or meet here. */
  asCaptured<F extends Spoken>(frame: F, captured: Spoken): F;
  /** A client's frame with the id that the server knows. */
  asHere<F extends Spoken>(frame: F): F;
}

export function createMessageIds(): MessageIds {
  const hereOf = new Map<string, string>();
  const capturedOf = new Map<string, string>();

  return {
    asCaptured(frame, captured) {
      const here = idOf(frame);
      const there = idOf(captured);
      if (here === null || there === null) return frame;
      if (!hereOf.has(there) && !capturedOf.has(here)) {
        hereOf.set(there, here);
        capturedOf.set(here, there);
      }
      return withId(frame, capturedOf.get(here) ?? here);
    },
    asHere(frame) {
      const here = hereOf.get(idOf(frame) ?? "");
      return here === undefined ? frame : withId(frame, here);
    },
  };
}

/** The map that has the id: a delivery carries it in its payload. */
function bodyOf({ t, d }: Spoken): Body | null {
  if (t !== "QUEUE" && t !== "QUEUE_CONFIRM" && t !== "QUEUE_ACK") return null;
  const body = t === "QUEUE" ? (d as Body).payload : d;
  return typeof body === "object" ? (body as Body | null) : null;
}

function idOf(frame: Spoken): string | null {
  const id = bodyOf(frame)?.id;
  return typeof id === "string" ? id : null;
}

function withId<F extends Spoken>(frame: F, id: string): F {
  const body = { ...bodyOf(frame), id };
  return { ...frame, d: frame.t === "QUEUE" ? { ...(frame.d as Body), payload: body } : body };
}
