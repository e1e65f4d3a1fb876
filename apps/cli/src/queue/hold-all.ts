import type { Client, Job } from "@singyeong/client";
import type { Session } from "../session.ts";
import { showJob } from "./show-job.ts";

/**
 * Takes `count` messages, shows them, holds them all until that many are there, Ctrl-C or the connection ends, and gives them back
 * by going away: so they get their old places.
 * @throws what ended it, where that was neither
 */
export async function holdAll(
  session: Session,
  client: Client,
  queue: string,
  { count, fit }: { readonly count: number; fit(line: string): string },
): Promise<void> {
  const { interrupted } = session.system;
  const over = new Promise<null>((resolve) => {
    let held = 0;
    interrupted.addEventListener("abort", () => resolve(null), { once: true });
    client.queue(queue).consume(hold, { concurrency: count });

    /** Never done with it. */
    function hold(job: Job): Promise<never> {
      showJob(session.out, job, fit);
      if (++held === count) resolve(null);
      return new Promise(() => {});
    }
  });
  const reason = await Promise.race([over, client.closed()]);
  if (reason !== null) throw reason;
}
