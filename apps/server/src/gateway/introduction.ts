import { maxIdBytes, maxTags, type Value } from "@singyeong/protocol";
import { IdentifyData, ResumeRequest } from "@singyeong/protocol/schema";
import { type Static, Type } from "typebox";
import { Compile } from "typebox/compile";
import { type MetadataChanges, parseMetadata } from "../registry/metadata.ts";
import { resumeCap } from "../resume/resumable-session.ts";

/** `d` of identify, with defaults filled in. */
export interface Introduction {
  readonly clientId: string;
  readonly applicationId: string;
  readonly password: string | null;
  readonly ip: string | null;
  readonly namespace: string | null;
  readonly metadata: MetadataChanges;
  readonly receiveClientUpdates: boolean;
  readonly tags: readonly string[];
  readonly caps: readonly string[];
  /** The session to take over, of clients with `resume`. */
  readonly resume: Static<typeof ResumeRequest> | null;
}

export type IntroductionResult =
  | { readonly ok: true; readonly introduction: Introduction }
  | { readonly ok: false; readonly code: "identify/invalid" | "identify/metadata"; readonly faults: Value };

/** Metadata has a parser of its own, with v1's sentences; of clients without the extension `resume` is any key. */
const shape = Compile(Type.Omit(IdentifyData, ["metadata", "resume"]));
const resumeShape = Compile(ResumeRequest);

/** Reads identify. Every bad field is named in `faults`, a sentence each. */
export function readIntroduction(value: Value): IntroductionResult {
  const excess = findExcess(value);
  if (excess !== null) return { ok: false, code: "identify/invalid", faults: excess };
  if (!shape.Check(value)) return { ok: false, code: "identify/invalid", faults: describeFaults(value) };
  const data = value as IdentifyData;
  for (const field of ["client_id", "application_id"] as const) {
    if (Buffer.byteLength(data[field]) > maxIdBytes) {
      return { ok: false, code: "identify/invalid", faults: { [field]: `${field}: longer than ${maxIdBytes} bytes` } };
    }
  }
  const resume = data.caps?.includes(resumeCap) ? (data.resume ?? null) : null;
  if (resume !== null && !resumeShape.Check(resume)) {
    const faults = { resume: "resume: expected a session's text and the number of the last frame" };
    return { ok: false, code: "identify/invalid", faults };
  }
  const metadata = parseMetadata((data.metadata as Value | undefined) ?? {});
  if (!metadata.ok) return { ok: false, code: "identify/metadata", faults: metadata.faults };
  const introduction = {
    clientId: data.client_id,
    applicationId: data.application_id,
    password: data.auth || null,
    ip: data.ip || null,
    namespace: data.namespace ?? null,
    metadata: metadata.changes,
    receiveClientUpdates: data.receive_client_updates === true,
    tags: [...new Set(data.tags ?? [])],
    caps: data.caps ?? [],
    resume,
  };
  return { ok: true, introduction };
}

/** Lists that are too long, told apart first: naming each of their entries' faults could take seconds. */
function findExcess(value: Value): Value {
  if (typeof value !== "object" || value === null) return null;
  const { tags, caps } = value as { readonly tags?: Value; readonly caps?: Value };
  if (Array.isArray(tags) && tags.length > maxTags) return { tags: `tags: more than ${maxTags}` };
  return Array.isArray(caps) && caps.length > maxTags ? { caps: `caps: more than ${maxTags}` } : null;
}

function describeFaults(value: Value): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { d: "d is a map" };
  const faults: Record<string, Value> = Object.create(null);
  for (const { instancePath, message, keyword, params } of shape.Errors(value)) {
    const missing = keyword === "required" ? (params as { requiredProperties: string[] }).requiredProperties : [];
    for (const field of missing) faults[field] = `${field}: missing`;
    const field = instancePath.split("/")[1];
    // The first fault of a field counts: what is empty also fails the pattern behind it.
    if (field !== undefined)
      faults[field] ??= `${field}: ${keyword === "pattern" ? "must not contain spaces" : message}`;
  }
  return faults;
}
