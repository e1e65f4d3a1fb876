import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { BenchOptions } from "../bench.ts";
import type { ControlMode } from "../control/mode.ts";
import { createFolder, type Folder } from "./folder.ts";

/** A process under measurement that listens on the loopback interface. */
export interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

const startTimeoutMs = 15_000;
const stopTimeoutMs = 15_000;

/** Starts the server as it is built and shipped. */
export function startServer({ profileDirectory }: BenchOptions): Promise<Subject> {
  const home = dirname(createRequire(import.meta.url).resolve("@singyeong/server/package.json"));
  const profiling = profileDirectory === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDirectory}`];
  // Clients of a benchmark send no heartbeats.
  const settings = ["--host", "127.0.0.1", "--port", "0", "--heartbeat-interval-ms", "600000"];
  const args = [...profiling, join(home, "dist/main.js"), ...settings];
  return start({ name: "server", path: process.execPath, args, findPort: socketPort });
}

/** Starts a bare process that does what `mode` says. */
export function startControl(mode: ControlMode, ...args: readonly string[]): Promise<Subject> {
  const control = join(import.meta.dirname, "control.js");
  const path = process.execPath;
  return start({ name: `control (${mode})`, path, args: [control, mode, ...args], findPort: socketPort });
}

/** Starts the nginx at `path` as one process that passes everything on to a port, over connections that it keeps. */
export async function startNginx(path: string, upstream: number): Promise<Subject> {
  const port = await freePort();
  const folder = createFolder();
  const file = join(folder.path, "nginx.conf");
  writeFileSync(file, nginxSettings(folder.path, port, upstream));
  const args = ["-c", file, "-p", folder.path, "-e", "stderr"];
  const findPort: FindPort = (printed) => (printed.includes("getrlimit") ? port : null);
  const subject = await start({ name: "nginx", path, args, findPort, log: "stderr" });
  return { ...subject, stop: () => subject.stop().then(folder.remove) };
}

function nginxSettings(folder: string, port: number, upstream: number): string {
  return `
daemon off;
master_process off;
error_log stderr notice;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_requests 100000000;
  upstream target { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://target;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Host $host;
    }
  }
}
`;
}

/** Starts the Redis at `path`, which synchronises its log before it answers and does nothing else to its disk. */
export async function startRedis(path: string): Promise<Subject> {
  const port = await freePort();
  const log = ["--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0", "--save", ""];
  const args = ["--bind", "127.0.0.1", "--port", String(port), "--daemonize", "no", ...log];
  const findPort: FindPort = (printed) => (printed.includes("Ready to accept connections") ? port : null);
  // Debian has Redis under another name as well, which it must not see.
  return start({ name: "redis", path, args, findPort, argv0: "redis-server" });
}

/** Starts the NATS server at `path`, with its defaults. */
export function startNats(path: string): Promise<Subject> {
  const args = ["--addr", "127.0.0.1", "--port", "-1"];
  const findPort: FindPort = (printed) => {
    const port = /client connections on [^\s]+:(\d+)/.exec(printed)?.[1];
    return port === undefined || !printed.includes("Server is ready") ? null : Number(port);
  };
  return start({ name: "nats", path, args, findPort, log: "stderr" });
}

/** Runs `work` over subjects and stops them whatever happens. */
export async function withSubjects<T extends readonly Promise<Subject>[], R>(
  starting: readonly [...T],
  work: (subjects: { [I in keyof T]: Subject }) => Promise<R>,
): Promise<R> {
  const started = await Promise.allSettled(starting);
  try {
    const subjects = await Promise.all(starting);
    return await work(subjects as { [I in keyof T]: Subject });
  } finally {
    await Promise.all(started.map((each) => (each.status === "fulfilled" ? each.value.stop() : undefined)));
  }
}

/** Where a process listens, once what it printed says so. */
type FindPort = (printed: string) => number | null;

/** The server and the controls print `ws://host:port…`, or `http://host:port`. */
const socketPort: FindPort = (printed) => {
  const port = /(?:ws|http):\/\/[^:]+:(\d+)/.exec(printed)?.[1];
  return port === undefined ? null : Number(port);
};

interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly findPort: FindPort;
  /** Where it says that it listens. */
  readonly log?: "stdout" | "stderr";
  /** What it is told that it is called, where that is not `path`. */
  readonly argv0?: string;
}

async function start({ name, path, args, findPort, log = "stdout", argv0 = path }: Program): Promise<Subject> {
  // Neither the caller's settings nor a settings file beside it may change what is measured, nor may older data.
  const folder = createFolder();
  const child = spawn(path, args, {
    cwd: folder.path,
    env: { PATH: process.env.PATH },
    argv0,
    stdio: log === "stdout" ? ["ignore", "pipe", "inherit"] : ["ignore", "ignore", "pipe"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
  try {
    const port = await listeningPort(name, child, child[log]!, findPort);
    child[log]!.resume();
    return { name, pid: child.pid!, port, stop: () => stop(child, folder) };
  } catch (error) {
    folder.remove();
    throw error;
  }
}

function listeningPort(name: string, child: ChildProcess, log: Readable, findPort: FindPort): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const fail = (reason: string): void => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`${name} ${reason}; it printed ${JSON.stringify(printed)}`));
    };
    const timer = setTimeout(() => fail(`does not listen after ${startTimeoutMs} ms`), startTimeoutMs);
    child.once("error", (error) => fail(error.message));
    const early = (code: number | null): void => fail(`exited with ${code}`);
    child.once("exit", early);
    log.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      const port = findPort(printed);
      if (port === null) return;
      clearTimeout(timer);
      child.off("exit", early);
      resolve(port);
    });
  });
}

/** A port that nobody listens on, for those who cannot let the system choose. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function stop(child: ChildProcess, folder: Folder): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    child.kill("SIGTERM");
    await once(child, "exit");
    clearTimeout(timer);
  }
  folder.remove();
}
