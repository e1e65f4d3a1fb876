import { createHash, randomBytes, randomInt } from "node:crypto";
import { mkdirSync, readdirSync, realpathSync, unlinkSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join, relative } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { StoreError } from "../../kernel/store-error.ts";

/** Lets go of the folder. */
export type Release = () => Promise<void>;

/** Bytes that the path of a socket may have everywhere. */
const maxSocketPathBytes = 100;
const maxAttempts = 8;

/**
 * Makes sure that one process at a time uses `folder`. Each that wants it listens on a socket of its own in
 * `folder/lock`, and has it once none of the other sockets there answers: they go silent when their process ends, however
 * it ends. Of several that start at once all step back, and try again each in its own time.
 *
 * @throws StoreError `locked`, or `io` where the file system has no sockets
 */
export async function lockFolder(folder: string): Promise<Release> {
  if (process.platform === "win32") return lockByPipe(folder);
  const lockFolder = join(folder, "lock");
  mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
  const sockets = await reachSockets(lockFolder);
  try {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const server = await tryLock(lockFolder, sockets.pathOf);
      if (server !== null)
        return async () => {
          await close(server);
          await sockets.done();
        };
      await wait(randomInt(10, 60));
    }
  } catch (error) {
    await sockets.done();
    throw error;
  }
  await sockets.done();
  throw inUse(folder);
}

/** One attempt: `null` where another process is there. */
async function tryLock(lockFolder: string, pathOf: (name: string) => string): Promise<Server | null> {
  const name = randomBytes(6).toString("hex");
  const server = await listen(pathOf(name));
  const names = readdirSync(lockFolder);
  const others = names.filter((other) => other !== name);
  const answers = await Promise.all(others.map((other) => isAnswered(pathOf(other))));
  // Where it is not in the list itself, somebody took it for one left behind, before it listened.
  if (answers.includes(true) || !names.includes(name)) {
    await close(server);
    return null;
  }
  for (const left of others) removeSocket(join(lockFolder, left));
  return server;
}

/** How sockets in a folder are named to the system, which takes short paths only. */
async function reachSockets(folder: string): Promise<{ pathOf(name: string): string; done(): Promise<void> }> {
  const nameBytes = 13;
  const nearest = [folder, relative(process.cwd(), folder)].find(
    (path) => Buffer.byteLength(path) + nameBytes <= maxSocketPathBytes,
  );
  if (nearest !== undefined) return { pathOf: (name) => join(nearest, name), done: async () => undefined };
  if (process.platform !== "linux")
    throw new StoreError("io", `The path of the data folder is too long to lock it: ${folder}. Use a shorter one.`);
  const handle: FileHandle = await open(folder);
  return { pathOf: (name) => `/proc/self/fd/${handle.fd}/${name}`, done: () => handle.close() };
}

async function lockByPipe(folder: string): Promise<Release> {
  const digest = createHash("sha256").update(realpathSync(folder).toLowerCase()).digest("hex");
  try {
    const server = await listen(`\\\\.\\pipe\\singyeong-${digest}`);
    return () => close(server);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") throw inUse(folder);
    throw error;
  }
}

function inUse(folder: string): StoreError {
  return new StoreError(
    "locked",
    `Another server uses the data folder ${folder}. Stop it, or give this one a folder of its own (dataDir).`,
  );
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve(server.unref()));
  });
}

/** Whether somebody listens there. What cannot be told counts as yes. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT" && code !== "ENOTSOCK");
    });
  });
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}
