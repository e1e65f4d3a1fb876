import { float, integer, version } from "@singyeong/client";
import { describe, expect, it } from "vitest";
import { parseMetadata } from "./metadata.ts";

describe("metadata on the command line", () => {
  it.each([
    ["region=eu", "eu"],
    ["empty=", ""],
    ["url=http://a/?b=c", "http://a/?b=c"],
    ["ready=true", true],
    ["latency=12", 12],
    ["id=1234567890123456789", 1234567890123456789n],
    ["zip=01234", "01234"],
    ["load=0.50", float(0.5)],
    ["guilds=[1,12345678901234567890]", [1, 12345678901234567890n]],
    ['limits={"cpu":4}', { cpu: 4 }],
    ["odd=[not json", "[not json"],
    ["version:version=2.1.0", version("2.1.0")],
    ["zip:string=12", "12"],
    ["load:float=3", float(3)],
    ["on:boolean=false", false],
    ["l:list=[]", []],
    ["m:map={}", {}],
    ["n:integer=-7", integer(-7)],
  ])("%s is read", (item, value) => expect(Object.values(parseMetadata([item]))).toEqual([value]));

  it.each([
    ["region", "expected key=value"],
    ["=x", "expected key=value"],
    ["a:text=x", '"text" is none of the types string, integer'],
    ["a:integer=1.5", "expected a whole number"],
    ["a:float=x", "expected a number"],
    ["a:float=", "expected a number"],
    ["a:boolean=yes", "expected true or false"],
    ["a:list={}", "expected a JSON list"],
    ["a:map=[]", "expected a JSON map"],
    ["a:map=x", "expected a JSON map"],
    ["a:version=2", "expected a semantic version"],
    ["a:integer=99999999999999999999", "64 bits"],
    [`a:integer=${"9".repeat(1025)}`, "(1025 characters) is too large a number"],
    [`a=${"9".repeat(100_000)}`, "(100000 characters) is too large a number"],
  ])("%s is refused", (item, message) => expect(() => parseMetadata([item])).toThrow(message));
});
