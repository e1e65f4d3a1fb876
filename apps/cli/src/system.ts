/** What `sg` needs of the world around it, so that tests can stand in for a terminal. */
export interface System {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Aborted by another Ctrl-C, while what the first one ended takes its time. */
  readonly hurried: AbortSignal;
  /** Aborted when nobody reads standard output any more. */
  readonly outputGone: AbortSignal;
}

/** Where output goes. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  /** False asks to wait for `drain`. */
  write(text: string | Uint8Array): boolean;
  once(event: "drain", listener: () => void): unknown;
}
