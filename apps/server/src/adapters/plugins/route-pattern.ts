/** Methods that a route of a plugin may have. */
export const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"]);

const literal = /^[\w.~!$&'()*+,;=@-]+$/;
const param = /^:[A-Za-z_]\w*$/;

/** Whether text is a path of a route: `/`-separated, each segment literal or `:name`, no name twice. */
export function isPattern(path: string): boolean {
  if (!path.startsWith("/")) return false;
  const segments = path.slice(1).split("/");
  const names = segments.filter((segment) => segment.startsWith(":"));
  return (
    new Set(names).size === names.length &&
    segments.every((segment) => param.test(segment) || (literal.test(segment) && !isDots(segment)))
  );
}

/** The same for patterns that are for the same paths. */
export function shapeOf(path: string): string {
  return path.replace(/\/:[^/]+/g, "/:");
}

/** The segments of a path as it was sent, as they are and decoded; `null` where one could mean another path. */
export function readPath(
  path: string,
): { readonly sent: readonly string[]; readonly decoded: readonly string[] } | null {
  if (!path.startsWith("/")) return null;
  const sent = path.slice(1).split("/");
  const decoded: string[] = [];
  for (const segment of sent) {
    const text = readSegment(segment);
    if (text === null) return null;
    decoded.push(text);
  }
  return { sent, decoded };
}

/** Printable ASCII but for the backslash, which some take for a slash. */
const sendable = /^[\x21-\x5b\x5d-\x7e]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ambiguous = /[/\\\x00-\x1f\x7f]/;

function readSegment(segment: string): string | null {
  if (!sendable.test(segment)) return null;
  try {
    const text = decodeURIComponent(segment);
    return ambiguous.test(text) || isDots(text) ? null : text;
  } catch {
    return null;
  }
}

const isDots = (segment: string): boolean => segment === "." || segment === "..";
