import type { Message } from "@singyeong/client";
import { toFailure } from "../describe-error.ts";
import { escapeText } from "../output/escape.ts";
import type { Session } from "../session.ts";
import { tellStatus } from "./watch-status.ts";

/** Answers a request. That it cannot be answered, since who asked is gone, say, is told and ends nothing. */
export async function answerRequest(request: Message, payload: unknown, session: Session): Promise<void> {
  try {
    await request.reply(payload);
  } catch (error) {
    const { code, message } = toFailure(error);
    if (code.startsWith("cli/")) throw error;
    // Ctrl-C takes the connection away from under the reply.
    if (session.system.interrupted.aborted) return;
    const reason = code === "route/no-match" ? "who asked is gone" : escapeText(message);
    tellStatus(session, { type: "unanswered", code, message: `A request was not answered: ${reason}.` });
  }
}
