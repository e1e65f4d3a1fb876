import { posix, win32 } from "node:path";
import type { System } from "../system.ts";

/** The user's configuration folder: `$XDG_CONFIG_HOME/singyeong`, else `~/.config/singyeong`; `%APPDATA%\singyeong`. */
export function configFolder({ env, platform, homeFolder }: Pick<System, "env" | "platform" | "homeFolder">): string {
  if (platform === "win32") return win32.join(env.APPDATA || win32.join(homeFolder, "AppData", "Roaming"), "singyeong");
  const xdg = env.XDG_CONFIG_HOME;
  // The XDG specification has relative paths ignored.
  const base = xdg && posix.isAbsolute(xdg) ? xdg : posix.join(homeFolder, ".config");
  return posix.join(base, "singyeong");
}
