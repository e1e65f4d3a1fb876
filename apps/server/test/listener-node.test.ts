import { describe } from "vitest";
import { createNodeListener } from "../src/adapters/listener-node/listener-node.ts";
import { describeListener } from "./listener-kit.ts";
import { describeProxyProtocol } from "./listener-kit-proxies.ts";
import { describeClientCertificates } from "./listener-kit-tls.ts";

const load = async () => createNodeListener;

describeListener("node", load);
describe("node: PROXY protocol", () => describeProxyProtocol(load));
describe("node: certificates of clients", () => describeClientCertificates(load));
