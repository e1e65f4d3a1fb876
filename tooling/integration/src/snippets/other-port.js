// Loaded before a program (`node --import`): what it and the packages say about port 4567 is about PORT instead.
import { registerHooks } from "node:module";

const port = process.env.SNIPPET_PORT;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith("file:") || !/\/@singyeong\/|\/snippets\//.test(url)) return loaded;
    return { ...loaded, source: String(loaded.source).replace(/\b4567\b/g, port) };
  },
});
