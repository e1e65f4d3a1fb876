/** Frames of the extension `resume` (docs/protocol/resume.md). */
import { Type } from "typebox";
import { toClient, toServer } from "./envelope.ts";

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** `resume` of identify: the session to take over, and the last frame that was got of it. */
export const ResumeRequest = Type.Object({ session: Type.String({ minLength: 1, maxLength: 128 }), seq: Count });

/** What `ready` says beside. */
export const ResumeOutcome = {
  session: Type.Optional(Type.String()),
  /** Whether a session was taken over; absent where none was asked for. */
  resumed: Type.Optional(Type.Boolean()),
  /** Where resumed: how many of the client's dispatches have been taken. */
  received: Type.Optional(Count),
  /** Where not resumed because frames are lost: how many; else null. */
  missed: Type.Optional(Type.Union([Count, Type.Null()])),
};

/** Everything up to `seq` has been got. */
export const Received = toServer("RECEIVED", Type.Object({ seq: Count }));
export const ReceivedDelivery = toClient("RECEIVED", Type.Object({ seq: Count }));
