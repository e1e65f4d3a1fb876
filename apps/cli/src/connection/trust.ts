import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as tls from "node:tls";
import { misuse } from "../failure.ts";

/**
 * Trusts the certificates of a PEM file from now on, beside those that Node.js trusts, for WebSockets and HTTP alike.
 * @throws Failure `cli/misuse` for a file that cannot be read or holds none; where Node.js is older than 22.19
 */
export function trustAuthority(file: string): void {
  const certificates = readAuthority(file);
  if (tls.setDefaultCACertificates === undefined)
    throw misuse(
      `--ca needs Node.js 22.19 or newer, this is ${process.versions.node}`,
      `Set NODE_EXTRA_CA_CERTS=${file} in the environment instead.`,
    );
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), ...certificates]);
}

/** The certificates of a PEM file. @throws Failure `cli/misuse` for a file that cannot be read or holds none */
export function readAuthority(file: string): readonly string[] {
  try {
    const found = readFileSync(file, "utf8").match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
    if (found.length === 0) throw new Error(`${file} holds no certificate in PEM`);
    for (const each of found) new X509Certificate(each);
    return found;
  } catch (error) {
    throw misuse(`the authority cannot be read: ${(error as Error).message}`);
  }
}
