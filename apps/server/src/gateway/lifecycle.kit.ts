/** A lifecycle in a test's hands. */
import { jsonCodec } from "@singyeong/protocol/codec";
import { createSteppedClock } from "../adapters/clock-stepped/clock-stepped.ts";
import { createTimerWheel } from "../kernel/timer-wheel.ts";
import type { Client } from "../registry/client.ts";
import { createRegistry } from "../registry/registry.ts";
import { resumeCap } from "../resume/resumable-session.ts";
import { createResumeTable } from "../resume/resume-table.ts";
import { createRecordingOutbox, createSeededRandom, createTestClient, createTestMetrics } from "../testing/fixtures.ts";
import { createErrorTallies } from "./error-tallies.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Session } from "./session.ts";

const times = { heartbeatIntervalMs: 1000, identifyTimeoutMs: 5000, goodbyeMs: 100 };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A lifecycle over a registry, a table of sessions and a clock that tests step. */
export function setupLifecycle(resumeMs = 30_000) {
  const stepped = createSteppedClock(0);
  const wall = { skewMs: 0 };
  const clock = { ...stepped, now: () => stepped.now() + wall.skewMs };
  const metrics = createTestMetrics();
  const registry = createRegistry(createSeededRandom(1), "merge", { maxMetadataKeys: 10, maxMetadataBytes: 1000 });
  const wheel = createTimerWheel({
    clock,
    tickMs: 10,
    onError: (error) => {
      throw error;
    },
  });
  const errorTallies = createErrorTallies(metrics);
  const departed: Client[] = [];
  const limits = {
    resumeMs,
    maxResumeFrames: 100,
    maxResumeBytes: 65_536,
    maxAwayClients: 2,
    maxBacklogBytes: 1_000_000,
  };
  const random = createSeededRandom(2);
  const told = (client: Client): void => void departed.push(client);
  const resumes = createResumeTable({ wheel, random, metrics, limits, departed: told });
  const lifecycle = createLifecycle({
    registry,
    clock,
    wheel,
    times,
    metrics,
    errorTallies,
    logger: silent,
    resumes,
    departed: told,
  });

  function greet() {
    const outbox = createRecordingOutbox();
    const session: Session = {
      id: 1,
      codec: jsonCodec,
      outbox,
      peer: "::1",
      isRelayed: false,
      state: "greeted",
      client: null,
      beatAtMs: 0,
      timer: null,
      resumable: null,
      expiry: null,
      held: null,
      meter: null,
    };
    lifecycle.greet(session);
    return { session, outbox };
  }
  function enter(id: string, restricted = false) {
    const { session, outbox } = greet();
    const { client } = createTestClient({ id, outbox, restricted, nowMs: clock.now() });
    lifecycle.enter(session, client, null);
    return { session, outbox, client };
  }
  /** A client that may resume, on a connection of its own. */
  function enterResumable(id: string, restricted = false) {
    const { session, outbox } = greet();
    const numbered = resumes.createOutbox(jsonCodec, outbox);
    const { client } = createTestClient({ id, outbox: numbered, restricted, caps: [resumeCap] });
    const resumable = resumes.open(client, numbered);
    lifecycle.enter(session, client, resumable);
    return { session, outbox, client, resumable };
  }
  return { clock, wall, registry, wheel, metrics, lifecycle, resumes, departed, greet, enter, enterResumable };
}
