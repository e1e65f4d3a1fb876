import { describeSlowloris } from "./slowloris.kit.ts";

describeSlowloris("uws");
