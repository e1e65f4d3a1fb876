import { describeTranscripts } from "./transcripts.kit.ts";

describeTranscripts("uws");
