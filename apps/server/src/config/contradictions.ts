import type { Config } from "./schema.ts";

/** What settings say together that none of them says alone, and that cannot be meant: a sentence each, with the settings' names. */
export function findContradictions(config: Config): readonly string[] {
  const { tlsCert, tlsKey, tlsClientCa, proxyProtocol, trustedProxies, listener } = config;
  const { jwtKeys, jwksUrl, jwtIssuer, jwtAudience } = config;
  const problems: string[] = [];
  const refuse = (isWrong: boolean, sentence: string): void => {
    if (isWrong) problems.push(sentence);
  };
  const hasKeys = jwtKeys !== "" || jwksUrl !== "";
  refuse(tlsCert !== "" && tlsKey === "", "tlsCert: TLS takes a key as well, and tlsKey is not set");
  refuse(tlsCert === "" && tlsKey !== "", "tlsKey: TLS takes a certificate as well, and tlsCert is not set");
  refuse(
    tlsCert === "" && tlsClientCa !== "",
    "tlsClientCa: clients show certificates over TLS alone, and tlsCert is not set",
  );
  refuse(!hasKeys && jwtIssuer !== "", "jwtIssuer: there are no tokens without jwtKeys or jwksUrl");
  refuse(!hasKeys && jwtAudience !== "", "jwtAudience: there are no tokens without jwtKeys or jwksUrl");
  refuse(
    proxyProtocol && trustedProxies.length === 0,
    "proxyProtocol: a PROXY header is believed from trustedProxies alone, and there are none",
  );
  refuse(
    listener === "uws" && tlsClientCa !== "",
    "tlsClientCa: the listener uws cannot ask clients for certificates; node can",
  );
  refuse(
    listener === "uws" && proxyProtocol,
    "proxyProtocol: the listener uws cannot read PROXY headers safely; node can",
  );
  return problems;
}
