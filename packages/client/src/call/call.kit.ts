/** Clients that are connected to a server which the test plays: it passes calls on as docs/protocol/stream.md has it. */
import { expect } from "vitest";
import type { Client } from "../client.ts";
import { type ClientStage as AnyStage, type SentFrame, settle, stageClient } from "../create-client.kit.ts";
import type { ConnectOptions } from "../options/options.ts";

export interface ClientStage extends Omit<AnyStage, "client"> {
  readonly client: Client;
}

/** One end of a stream, as the server knows it. */
interface End {
  readonly of: ClientStage;
  readonly id: number;
  peer: End | null;
  /** What it may still send; sizes are of messages under way. */
  credit: number;
  readonly sizes: number[];
  ended: boolean;
}

export interface CallStage {
  /** Connects a client. */
  join(given?: ConnectOptions<never>): ClientStage;
  /** Passes frames on, until none is under way and nothing that waits for promises alone is left to do. */
  run(): Promise<void>;
  /** Stops passing frames of a client on, or goes on. */
  hold(stage: ClientStage, isHeld: boolean): void;
  /** Ends the connection of a client, as the server sees it. */
  drop(stage: ClientStage): void;
  /** Messages that were sent beyond credit or bytes. */
  readonly overruns: readonly SentFrame[];
  /** Streams that are open. */
  readonly open: number;
  /** Frames of one event that clients sent. */
  sent(t: string): readonly SentFrame[];
}

/** `streamBytes` is the limit of bytes under way. */
export function stageCalls(streamBytes = 262_144): CallStage {
  const stages: ClientStage[] = [];
  const read = new Map<object, number>();
  const held = new Set<ClientStage>();
  const ends = new Map<ClientStage, Map<number, End>>();
  const overruns: SentFrame[] = [];
  const all: SentFrame[] = [];
  let callees = 0;

  const endsOf = (stage: ClientStage): Map<number, End> => ends.get(stage)!;

  function close({ of, id, peer }: End): void {
    endsOf(of).delete(id);
    if (peer !== null) endsOf(peer.of).delete(peer.id);
  }

  function abort(to: ClientStage, id: number, code: string, delivered: boolean): void {
    to.dispatch("ABORT", { id, code, message: code, delivered });
  }

  function createEnd(of: ClientStage, id: number, credit: number): End {
    const end: End = { of, id, peer: null, credit, sizes: [], ended: false };
    endsOf(of).set(id, end);
    return end;
  }

  function pick(from: ClientStage, d: SentFrame["d"]): ClientStage | undefined {
    if (d.via != null) return endsOf(from).get(d.via as number)?.peer?.of;
    const { application } = d.target as { application: string };
    return stages.find(({ client }) => client.app === application && client.connected);
  }

  function call(from: ClientStage, d: SentFrame["d"]): void {
    const { id, target: _, via, credit = 16, end, wait_ms: __, ...rest } = d;
    const to = pick(from, d);
    if (to === undefined) return abort(from, id as number, "route/no-match", false);
    const caller = createEnd(from, id as number, 16);
    const callee = createEnd(to, -++callees, credit as number);
    Object.assign(caller, { peer: callee, ended: end === true });
    callee.peer = caller;
    const over = via == null ? undefined : endsOf(from).get(via as number)!.peer!.id;
    to.dispatch("CALL", {
      ...rest,
      id: callee.id,
      via: over,
      from: { app: from.client.app, client_id: from.client.id },
      end: end === true,
      credit,
    });
  }

  function take(from: ClientStage, frame: SentFrame): void {
    const { t, d } = frame;
    if (t === undefined || !["CALL", "DATA", "CREDIT", "ABORT"].includes(t)) return;
    all.push(frame);
    if (t === "CALL") return call(from, d);
    const end = endsOf(from).get(d.id as number);
    const peer = end?.peer;
    if (end === undefined || !peer) return;
    if (t === "ABORT") {
      close(end);
      return peer.of.dispatch("ABORT", { message: "", delivered: true, ...d, id: peer.id });
    }
    if (t === "CREDIT") {
      peer.credit += d.n as number;
      peer.sizes.splice(0, d.n as number);
      return peer.of.dispatch("CREDIT", { id: peer.id, n: d.n });
    }
    if (end.ended) return;
    if (d.end === true) end.ended = true;
    else {
      const bytes = end.sizes.reduce((sum, size) => sum + size, 0);
      if (end.credit === 0 || bytes >= streamBytes) overruns.push(frame);
      end.credit--;
      end.sizes.push(Buffer.byteLength(JSON.stringify(frame)));
    }
    if (end.ended && peer.ended) close(end);
    peer.of.dispatch("DATA", { ...d, id: peer.id });
  }

  function pass(): boolean {
    let any = false;
    for (const stage of stages) {
      if (held.has(stage)) continue;
      const { socket } = stage;
      for (let at = read.get(socket) ?? 0; at < socket.sent.length; at = read.get(socket)!) {
        read.set(socket, at + 1);
        take(stage, socket.sent[at]!);
        any = true;
      }
    }
    return any;
  }

  return {
    join(given = {}) {
      const stage = stageClient({ id: `${stages.length}`, ...given }) as unknown as ClientStage;
      ends.set(stage, new Map());
      stages.push(stage);
      stage.start();
      stage.admit(["receipt", "stream"], { stream_bytes: streamBytes });
      return stage;
    },
    async run() {
      do {
        while (pass());
        await settle();
      } while (pass());
      expect(overruns).toEqual([]);
    },
    hold(stage, isHeld) {
      if (isHeld) held.add(stage);
      else held.delete(stage);
    },
    drop(stage) {
      for (const end of [...endsOf(stage).values()]) {
        const { peer } = end;
        close(end);
        if (peer !== null) abort(peer.of, peer.id, peer.id < 0 ? "stream/cancelled" : "stream/peer-lost", true);
      }
    },
    overruns,
    get open() {
      return [...ends.values()].reduce((sum, { size }) => sum + size, 0) / 2;
    },
    sent: (t) => all.filter((frame) => frame.t === t),
  };
}
