import type { Encoding } from "../codecs/index.ts";

/** In which encodings a scenario says something, where that is not all of them. */
const only: Readonly<Record<string, { readonly encodings: readonly Encoding[]; readonly because: string }>> = {
  "invalid JSON": { encodings: ["json"], because: "the bytes are JSON" },
  "binary frame on json": { encodings: ["json"], because: "the mistake is one of JSON" },
  "encoding=msgpack": { encodings: ["msgpack"], because: "the transcript names its encoding" },
  "encoding=etf (hello only, base64)": { encodings: ["etf"], because: "the transcript names its encoding" },
  "encoding=bogus": { encodings: ["json"], because: "the transcript names its encoding" },
  "ping frame / path variants": { encodings: ["json"], because: "only HTTP" },
  "REST version/query auth": { encodings: ["json"], because: "only HTTP" },
  "AUTH server: no auth": { encodings: ["json", "msgpack"], because: "restricted clients may not send etf" },
  "AUTH server: wrong auth": { encodings: ["json", "msgpack"], because: "restricted clients may not send etf" },
  "AUTH server: restricted SEND / UPDATE_METADATA / HEARTBEAT / unknown": {
    encodings: ["json", "msgpack"],
    because: "restricted clients may not send etf",
  },
  "AUTH server: restricted receives SEND only with restricted:true": {
    encodings: ["json", "msgpack"],
    because: "restricted clients may not send etf",
  },
  "CLIENT_CONNECTED caused by restricted client (AUTH server)": {
    encodings: ["json", "msgpack"],
    because: "restricted clients may not send etf",
  },
};

export function isReplayedIn(scenario: string, encoding: Encoding): boolean {
  return only[scenario]?.encodings.includes(encoding) ?? true;
}

/** Scenarios with a restricted client, of which etf knows only that it is refused. */
export const refusedInEtf: readonly string[] = Object.keys(only).filter((scenario) =>
  only[scenario]!.because.startsWith("restricted"),
);

/** The name of every scenario in the table, to be checked against the transcripts. */
export const namedScenarios: readonly string[] = Object.keys(only);
