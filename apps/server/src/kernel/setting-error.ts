/** A setting asks for what cannot be had, as it turns out: the message tells people what is wrong. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}
