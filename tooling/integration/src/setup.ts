import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installConsumers } from "./packages/consumers.ts";
import { packPackages } from "./packages/pack.ts";
import { compileProgram } from "./program/compile.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder with a project for each kind of use, in which the packed packages are installed. */
    consumers: string;
  }
}

const nodeTypes = "@types/node@22.20.5";
/** Programs in documents declare schemas with it. */
const typeBox = "typebox@1.4.3";

/** Packs the packages, installs them as their users would, and compiles the scenarios against that: once per run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "singyeong-integration-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    project.provide("consumers", await prepare(folder));
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}

async function prepare(folder: string): Promise<string> {
  const consumers = join(folder, "consumers");
  const tarballs = join(folder, "tarballs");
  await Promise.all([mkdir(consumers), mkdir(tarballs)]);
  const packed = await packPackages(tarballs);
  await installConsumers(consumers, packed, {
    server: ["@singyeong/server"],
    client: ["@singyeong/client"],
    "node-types": ["@singyeong/client", nodeTypes],
    everything: [...packed.keys(), nodeTypes],
    snippets: [...packed.keys(), nodeTypes, typeBox],
  });
  await compileProgram(join(consumers, "client"));
  return consumers;
}
