import { describeTranscripts } from "./transcripts.kit.ts";

describeTranscripts("node");
