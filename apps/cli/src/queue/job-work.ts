import type { Job } from "@singyeong/client";
import type { Output } from "../output/output.ts";
import type { WorkKind } from "../work/work-through.ts";
import { showJob } from "./show-job.ts";

/** Messages of a queue as work; `fit` cuts a line to the terminal. */
export function createJobWork(out: Output, fit: (line: string) => string): WorkKind<Job> {
  return {
    noun: "message",
    show: (job) => showJob(out, job, fit),
    ack: (job) => job.ack(),
    giveBack: (job) => job.nack(),
    toVariables: ({ queue, id, attempt }) => ({
      SINGYEONG_QUEUE: queue,
      SINGYEONG_MESSAGE: id,
      SINGYEONG_ATTEMPT: `${attempt}`,
    }),
    toRecord: ({ queue, id, attempt }) => ({ queue, id, attempt }),
  };
}
