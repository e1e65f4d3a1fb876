import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Commands } from "./commands.ts";
import { findFreePort } from "./free-port.ts";
import { type PeerProcess, startPeerProcess } from "./peer-process.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";
import { layWire, type Wire } from "./wire.ts";

/** The servers, wires and peers of one scenario; gone when it is disposed of. */
export interface Stage extends AsyncDisposable {
  readonly commands: Commands;
}

/** A server, and what it needs to come back as it was. */
interface StagedServer {
  readonly flags: readonly string[];
  readonly folder: string;
  process: ServerProcess;
}

/** Heartbeats are asked for this often, in milliseconds, so that a dead connection shows soon. */
const heartbeatIntervalMs = 400;

/**
 * @param consumer folder of a project that has installed the packed server
 * @param peerConsumer folder of one that has installed the packed client, with the program of peers in it
 */
export function createStage(consumer: string, peerConsumer: string): Stage {
  const servers = new Map<string, StagedServer>();
  const wires = new Map<string, Wire>();
  const peers = new Map<string, PeerProcess>();
  let over = false;

  async function start(port: number, folder: string, flags: readonly string[]): Promise<ServerProcess> {
    if (over) throw new Error("the scenario is over");
    const all = ["--heartbeat-interval-ms", String(heartbeatIntervalMs), ...flags];
    return startServerProcess(consumer, port, folder, all);
  }

  return {
    commands: {
      async startServer(...flags) {
        // A port of its own choosing could not be listened on again while connections of the old process linger.
        const folder = await mkdtemp(join(tmpdir(), "singyeong-stage-"));
        const process = await start(await findFreePort(), folder, flags);
        servers.set(process.address, { flags, folder, process });
        return process.address;
      },
      killServer: (address) => find(servers, address).process.end("SIGKILL"),
      drainServer: (address) => find(servers, address).process.end("SIGTERM"),
      async restartServer(address) {
        const server = find(servers, address);
        server.process = await start(Number(address.split(":")[1]), server.folder, server.flags);
      },
      async layWire(server) {
        const wire = await layWire(server);
        wires.set(wire.address, wire);
        return wire.address;
      },
      async resetWire(address) {
        find(wires, address).reset();
      },
      async unplugWire(address) {
        find(wires, address).handle("refuse");
        find(wires, address).reset();
      },
      async plugWire(address) {
        find(wires, address).handle("pass");
      },
      async freezeWire(address) {
        find(wires, address).handle("freeze");
        find(wires, address).freeze();
      },
      async thawWire(address) {
        find(wires, address).handle("pass");
      },
      async startPeer(role, server) {
        if (over) throw new Error("the scenario is over");
        const name = `${role}-${peers.size}`;
        const peer = await startPeerProcess(peerConsumer, role, server);
        peers.set(name, peer);
        return name;
      },
      killPeer: (name) => find(peers, name).kill(),
    },
    async [Symbol.asyncDispose]() {
      over = true;
      const endings = [...servers.values()].map(({ process }) => process.end("SIGKILL"));
      await Promise.all([...peers.values()].map((peer) => peer.kill()));
      await Promise.all([...endings, ...[...wires.values()].map((wire) => wire.close())]);
      await Promise.all([...servers.values()].map(({ folder }) => rm(folder, { recursive: true })));
    },
  };
}

function find<T>(things: ReadonlyMap<string, T>, address: string): T {
  const thing = things.get(address);
  if (thing === undefined) throw new Error(`nothing was started at ${address}`);
  return thing;
}
