import { type ListenerName, startServer } from "../../src/start-server.ts";
import { type HelperProcess, startHelper } from "./helper-process.kit.ts";
import { processorMs, residentBytes } from "./process-figures.kit.ts";

export interface CrowdSettings {
  readonly port: number;
  readonly clients: number;
  readonly password: string;
  readonly from: string;
  /** Messages a second, of all of them. */
  readonly perSecond: number;
}

/** What the crowd saw: how long its messages took from client to client. */
export interface CrowdRound {
  readonly messages: number;
  readonly tookMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface GuessingSettings {
  readonly port: number;
  readonly over: "http" | "sockets";
  readonly perSecond: number;
  /** Attempts under way at a time, at most. */
  readonly connections: number;
  readonly addresses: readonly string[];
  /** Whether each attempt says that it is forwarded, every time for another address. @default false */
  readonly isForwarded?: boolean;
}

/** What became of the attempts since the attack began. */
export interface Guesses {
  tried: number;
  wrong: number;
  throttled: number;
  right: number;
  /** The connection ended without an answer. */
  failed: number;
  tookMs: number;
}

export interface SiegeOptions {
  readonly listener: ListenerName;
  readonly over: "http" | "sockets";
  readonly perSecond: number;
  readonly clients?: number;
  readonly rounds?: number;
  readonly messages?: number;
}

export interface Siege {
  readonly calm: readonly CrowdRound[];
  readonly loaded: readonly CrowdRound[];
  readonly guesses: readonly Guesses[];
  /** The server's processor time, a share of one core. */
  readonly calmShare: number;
  readonly loadedShare: number;
  readonly growthBytes: number;
}

const password = "a right password";

/**
 * A crowd exchanges messages through a server of its own, in turns in peace and while passwords are guessed. Server, crowd
 * and guesser are a process each.
 */
export async function besiege(options: SiegeOptions): Promise<Siege> {
  const { listener, over, perSecond, clients = 1000, rounds = 3, messages = 800 } = options;
  const server = await startServer({ listener, flags: ["--auth", password] });
  const crowdSettings: CrowdSettings = { port: server.port, clients, password, from: "127.0.0.2", perSecond: 1000 };
  const crowd = startHelper("./crowd-program.kit.ts", crowdSettings);
  const addresses = Array.from({ length: 4 }, (_, i) => `127.0.66.${i + 1}`);
  const guessing: GuessingSettings = { port: server.port, over, perSecond, connections: 64, addresses };
  const guesser = startHelper("./guessing-program.kit.ts", guessing);
  try {
    await crowd.ask({ open: clients });
    const alternate = createRounds(server.pid, crowd, guesser, messages);
    // What comes first is slower, whatever it is.
    await alternate(1);
    return await alternate(rounds);
  } finally {
    for (const process of [guesser, crowd, server]) await process[Symbol.asyncDispose]();
  }
}

/** Rounds in peace and under attack, in turns. */
function createRounds(pid: number, crowd: HelperProcess, guesser: HelperProcess, messages: number) {
  const play = async (shares: number[]): Promise<CrowdRound> => {
    const beforeMs = await processorMs(pid);
    const seen = await crowd.ask<CrowdRound>({ messages });
    shares.push(((await processorMs(pid)) - beforeMs) / seen.tookMs);
    return seen;
  };

  return async (rounds: number): Promise<Siege> => {
    const beforeBytes = await residentBytes(pid);
    const [calm, loaded]: CrowdRound[][] = [[], []];
    const guesses: Guesses[] = [];
    const [calmShares, loadedShares]: number[][] = [[], []];
    for (let i = 0; i < rounds; i++) {
      calm!.push(await play(calmShares!));
      await guesser.ask({ attack: true });
      loaded!.push(await play(loadedShares!));
      guesses.push(await guesser.ask<Guesses>({ attack: false }));
    }
    const growthBytes = (await residentBytes(pid)) - beforeBytes;
    const [calmShare, loadedShare] = [median(calmShares!), median(loadedShares!)];
    return { calm: calm!, loaded: loaded!, guesses, calmShare, loadedShare, growthBytes };
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** `http on uws: 9980 attempts/s; p99 1.9 ms in peace, 2.4 ms under attack (1.3 x); …` */
export function describeSiege({ listener, over }: SiegeOptions, siege: Siege): string {
  const { calm, loaded, guesses, calmShare, loadedShare, growthBytes } = siege;
  const rate = median(guesses.map(({ tried, tookMs }) => (tried * 1000) / tookMs));
  const [before, under] = [calm, loaded].map((rounds) => median(rounds.map(({ p99Ms }) => p99Ms)));
  const [most, mostUnder] = [calm, loaded].map((rounds) => Math.max(...rounds.map(({ maxMs }) => maxMs)));
  const share = (value: number): string => `${(value * 100).toFixed(0)} %`;
  return [
    `${over} on ${listener}: ${rate.toFixed(0)} attempts/s`,
    `p99 ${before!.toFixed(1)} ms in peace, ${under!.toFixed(1)} ms under attack (${(under! / before!).toFixed(1)} x)`,
    `longest ${most!.toFixed(0)} and ${mostUnder!.toFixed(0)} ms`,
    `server takes ${share(calmShare)} and ${share(loadedShare)} of a core, ${(growthBytes / 1e6).toFixed(1)} MB more`,
  ].join("; ");
}
