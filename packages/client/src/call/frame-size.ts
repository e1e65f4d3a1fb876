const encoder = new TextEncoder();
const scratch = new Uint8Array(16_384);

/** Below this many characters a loop is faster. */
const shortLength = 256;

/** Bytes of an encoded frame: of text in UTF-8. */
export function frameSize(data: string | Uint8Array): number {
  if (typeof data !== "string") return data.length;
  return data.length < shortLength ? countShort(data) : countLong(data);
}

function countShort(text: string): number {
  let size = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair is two of its four bytes; halves alone never get into JSON.
    if (code >= 0x80) size += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2;
  }
  return size;
}

/** In steps, into bytes that are there already. */
function countLong(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length; ) {
    const { read, written } = encoder.encodeInto(at === 0 ? text : text.slice(at), scratch);
    at += read;
    size += written;
  }
  return size;
}
