import { Type } from "typebox";
import { describe, expectTypeOf, it } from "vitest";
import type { Client } from "../../src/client.ts";
import type { connect as Connect } from "../../src/connect.ts";
import { defineApplication } from "../../src/contract/application.ts";
import { query } from "../../src/query/builder.ts";

const worker = defineApplication("worker", {
  metadata: Type.Object({ slots: Type.Integer() }),
  queues: { jobs: Type.Object({ n: Type.Integer() }), mails: Type.String() },
});

const connect = null as unknown as typeof Connect;

/** Never called: what stands inside is for the type checker alone. */
const typesOnly = (_body: () => unknown) => undefined;

describe("a queue", () => {
  it("takes what the application that works on it declared", () => {
    typesOnly(async () => {
      const jobs = (null as unknown as Client).queue("jobs");
      expectTypeOf(jobs.name).toEqualTypeOf<"jobs">();
      const { id } = await jobs.push(worker, { n: 1 }, { id: "a", delayMs: 5 });
      expectTypeOf(id).toBeString();
      await jobs.push(
        query(worker).where((path) => path("/slots").gt(0)),
        { n: 1 },
      );
      // @ts-expect-error n is a number
      await jobs.push(worker, { n: "1" });
      // @ts-expect-error a mail is no job
      await jobs.push(worker, "mail");
      // @ts-expect-error no such option
      await jobs.push(worker, { n: 1 }, { delay: 5 });
      // @ts-expect-error not among the queues that were declared
      await (null as unknown as Client).queue("jbos").push(worker, { n: 1 });
    });
  });

  it("takes anything for whoever declared nothing", () => {
    typesOnly(async () => {
      const jobs = (null as unknown as Client).queue("jobs");
      await jobs.push("worker", { whatever: 1 });
      await jobs.push(query("worker"), 5);
      await jobs.push({ application: "worker", ops: [] }, null);
    });
  });

  it("gives what the client's own application declared", () => {
    typesOnly(async () => {
      const client = await connect({ app: worker, metadata: { slots: 1 } });
      client.queue("jobs").consume((job) => expectTypeOf(job.payload).toEqualTypeOf<{ n: number }>());
      for await (const job of client.queue("mails").consume({ concurrency: 2 })) {
        expectTypeOf(job.payload).toEqualTypeOf<string>();
        expectTypeOf(job.signal).toEqualTypeOf<AbortSignal>();
      }
      client.queue("other").consume((job) => expectTypeOf(job.payload).toBeUnknown());
      (null as unknown as Client).queue("jobs").consume((job) => expectTypeOf(job.payload).toBeAny());
    });
  });

  it("is worked on by a handler or by a loop, not by both", () => {
    typesOnly(async () => {
      const jobs = (null as unknown as Client).queue("jobs");
      const consumer = jobs.consume(() => {});
      expectTypeOf(consumer.closed()).resolves.toExtend<Error | null>();
      // @ts-expect-error the handler gets them
      for await (const job of consumer) void job;
      // @ts-expect-error concurrency is a number
      jobs.consume({ concurrency: "2" });
    });
  });
});
