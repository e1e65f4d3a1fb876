import { toFailure } from "../describe-error.ts";
import { escapeText } from "../output/escape.ts";
import { plural } from "../output/nodes.ts";
import type { QueueInfo } from "../queue/queue-api.ts";
import type { Session } from "../session.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

/** How many queues are named. */
const maxNamed = 3;

/** Whether queues are kept, and whether somebody has to look into them. */
export function createQueueCheck(session: Session): Check {
  return {
    name: "queues",
    async run() {
      try {
        return judge(await (await session.queues()).list(""));
      } catch (error) {
        const { code, outcome, message, advice } = toFailure(error);
        if (code === "auth/forbidden") return warn("this token does not permit looking into them", advice);
        return code === "http/not-found" ? ok("this server keeps none") : fail(outcome, escapeText(message), advice);
      }
    },
  };
}

export function judge(queues: readonly QueueInfo[]): Finding {
  const messages = queues.reduce((sum, { ready, leased, delayed }) => sum + ready + leased + delayed, 0);
  const counted =
    queues.length === 0 ? "there is none" : `${plural(queues.length, "queue")}, ${plural(messages, "message")}`;
  const withDead = queues.filter(({ dead }) => dead > 0);
  if (withDead.length > 0) {
    const dead = withDead.reduce((sum, queue) => sum + queue.dead, 0);
    return warn(`${counted}; ${dead} dead in ${name(withDead)}`, "sg queue dead NAME shows why they are.");
  }
  const paused = queues.filter((queue) => queue.paused);
  if (paused.length > 0) return warn(`${counted}; paused: ${name(paused)}`, "sg queue resume NAME goes on.");
  return ok(counted);
}

function name(queues: readonly QueueInfo[]): string {
  const shown = queues.slice(0, maxNamed).map(({ queue }) => escapeText(queue));
  return [...shown, ...(queues.length > maxNamed ? [`${queues.length - maxNamed} more`] : [])].join(", ");
}
