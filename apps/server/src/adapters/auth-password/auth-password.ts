import { hash, timingSafeEqual } from "node:crypto";
import type { PermissionClaims } from "@singyeong/protocol/schema";
import { SettingError } from "../../kernel/setting-error.ts";
import { watchFile } from "../../kernel/watched-file.ts";
import type { Authenticator, Grant } from "../../ports/authenticator.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";

/** A password whose bearers may do what its permissions say. */
export interface Account {
  readonly name: string;
  readonly password: string;
  readonly permissions: PermissionClaims;
}

export interface PasswordOptions {
  /** For full trust; empty ones do not count. */
  readonly passwords: readonly string[];
  /** A file of passwords for full trust, one a line; `""` is none. */
  readonly file: string;
  readonly accounts: readonly Account[];
  /** Whether who shows nothing is restricted even with no password set, since there are other ways to be let in. */
  readonly isRequired: boolean;
}

/** A password that is in force, as it is compared, and what it grants. */
interface Entry {
  readonly digest: Buffer;
  readonly grant: Grant;
}

const full: Grant = { restricted: false, permissions: null, expiresAtMs: null, subject: null };
const none: Grant = { restricted: true, permissions: null, expiresAtMs: null, subject: null };

/**
 * Passwords, all of them in force at once ([AU-2]). With none set anywhere HTTP is open to all, and so are sockets but
 * to a client that sends a password all the same: it expects protection that is not there. A file counts as set even
 * while it is empty, so that nothing opens while somebody edits it.
 * @throws SettingError where the file cannot be read, or two accounts have one password
 */
export function createPasswordAuthenticator(
  options: PasswordOptions,
  ports: { readonly clock: Clock; readonly logger: Logger },
): Authenticator {
  const fixed = readEntries(options);
  const file = options.file === "" ? null : watchFile("authFile", options.file, parsePasswords, ports);
  const isSet = fixed.length > 0 || file !== null || options.isRequired;

  function find(secret: string): Grant | null {
    const given = digest(secret);
    let found: Grant | null = null;
    // Every one is compared, also behind the one that fits: time tells nothing.
    for (const entry of file === null ? fixed : [...fixed, ...file.current()]) {
      if (timingSafeEqual(entry.digest, given)) found ??= entry.grant;
    }
    return found;
  }

  return {
    judge({ secret, over }) {
      if (!isSet) return { ok: true, grant: secret === null || over === "http" ? full : none, isWrong: false };
      const grant = secret === null ? null : find(secret);
      return { ok: true, grant: grant ?? none, isWrong: secret !== null && grant === null };
    },
  };
}

function readEntries({ passwords, accounts }: PasswordOptions): readonly Entry[] {
  const entries = passwords.filter((password) => password !== "").map(trusted);
  const names = new Map<string, string>();
  for (const { name, password, permissions } of accounts) {
    const other = names.get(password);
    if (other !== undefined) throw new SettingError(`accounts ${other} and ${name} have the same password`);
    names.set(password, name);
    entries.push({ digest: digest(password), grant: { ...full, permissions, subject: name } });
  }
  return entries;
}

function parsePasswords(text: string): readonly Entry[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .map(trusted);
}

function trusted(password: string): Entry {
  return { digest: digest(password), grant: full };
}

/** Hashing first makes the comparison take as long for any length and content. */
function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
