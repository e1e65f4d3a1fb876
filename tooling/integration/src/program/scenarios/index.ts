import type { Scenario } from "../world.ts";
import { calls, killedPeers, killedServer } from "./calls.ts";
import { carelessness } from "./carelessness.ts";
import { conversation } from "./conversation.ts";
import { faults } from "./faults.ts";
import { goodbye } from "./goodbye.ts";
import { integers } from "./integers.ts";
import { reset, silence } from "./network.ts";
import { password } from "./password.ts";
import { queues } from "./queues.ts";
import { leaks } from "./reconnects.ts";
import { restart } from "./restart.ts";
import { resume } from "./resume.ts";
import { serveHttp } from "./serve-http.ts";
import { killedMember, killedTopicServer } from "./topics.ts";

/** What must hold on every runtime. */
export const promises = {
  "talks in JSON": conversation("json", "json"),
  "talks in MessagePack": conversation("msgpack", "msgpack"),
  "talks across encodings": conversation("json", "msgpack"),
  "keeps every digit of 64-bit integers": integers,
  "loses nothing that was confirmed when the server is killed, and comes back": restart,
  "works on every job of a queue when the server is killed": queues,
  "calls and is called in JSON": calls("json", "json"),
  "calls and is called across encodings": calls("json", "msgpack"),
  "notices that a peer of a call was killed, on either end": killedPeers,
  "fails calls when the server is killed, and makes others when it is back": killedServer,
  "gives the events of a member that was killed to another": killedMember,
  "loses no event when the server is killed": killedTopicServer,
  "resumes when its connection is cut, and nobody notices": resume,
  "answers HTTP requests over its connection in JSON": serveHttp("json"),
  "answers HTTP requests over its connection in MessagePack": serveHttp("msgpack"),
  "survives a reset network": reset,
  "notices a network that went silent": silence,
  "goes elsewhere at once when the server says goodbye": goodbye,
  "is told of a wrong password": password,
  "leaks nothing over a hundred reconnects": leaks,
  "leaves no rejection unhandled, and nothing running": carelessness,
} satisfies Record<string, Scenario>;

/** Everything that can be run, by name. */
export const scenarios: Readonly<Record<string, Scenario>> = { ...promises, ...faults };
