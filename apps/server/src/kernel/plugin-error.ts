/** Plugins that keep the server from starting; `message` says which, and what to do about it. */
export class PluginError extends Error {
  override readonly name = "PluginError";

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
  }
}
