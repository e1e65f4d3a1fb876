import type { SingyeongError } from "../errors.ts";
import type { Core } from "../messaging/core.ts";
import type { Consumer } from "./consumer.ts";

/** Has consumers end with their client: a drain stops them and waits, the end ends them. */
export function attend(
  { hub, inbox }: Pick<Core, "hub" | "inbox">,
  consumers: ReadonlySet<Pick<Consumer, "stop" | "closed"> & { end(error: SingyeongError | null): void }>,
): void {
  hub.on("draining", () => {
    for (const { stop } of consumers) void stop();
  });
  hub.on("closed", ({ error }) => {
    for (const { end } of consumers) end(error);
  });
  inbox.attend({
    get busy() {
      return consumers.size > 0;
    },
    whenIdle: (run) => void Promise.all([...consumers].map(({ closed }) => closed())).then(run),
  });
}
