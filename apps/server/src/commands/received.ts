import { ResumableOutbox } from "../resume/resumable-outbox.ts";
import { resumeCap } from "../resume/resumable-session.ts";
import { type Command, refuse } from "./command.ts";
import { readWhole, refuseField } from "./fields.ts";

/** The one dispatch that neither side counts. */
export const receivedEvent = "RECEIVED";

/** `RECEIVED`, of the extension `resume`: the client has every frame up to `seq`, which need not be kept any more ([RS-5]). */
export const received: Command = {
  event: receivedEvent,
  cap: resumeCap,
  allowRestricted: true,
  hasNonce: false,
  run(_services, { codec, outbox }, frame) {
    const seq = readWhole(codec, frame, "seq", { min: 0, max: Number.MAX_SAFE_INTEGER }, -1);
    if (seq === null || seq < 0) return refuseField("seq", "seq is the number of a frame");
    if (!(outbox instanceof ResumableOutbox) || outbox.confirm(seq)) return null;
    return refuse("dispatch/invalid", { at: "/d/seq", message: "seq is beyond the last frame" });
  },
};
