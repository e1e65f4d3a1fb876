import { describeBruteForce } from "./brute-force-suite.kit.ts";

describeBruteForce("sockets");
