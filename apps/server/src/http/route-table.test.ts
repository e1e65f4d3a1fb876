import { describe, expect, test } from "vitest";
import { type Route, text } from "./route.ts";
import { createRouteTable } from "./route-table.ts";

const route = (method: Route["method"], path: string): Route => ({
  method,
  path,
  open: true,
  answer: () => text(200, ""),
});

const table = createRouteTable([
  route("GET", "/things/:thing"),
  route("GET", "/things/all"),
  route("POST", "/things/:thing/parts"),
  route("GET", "/things/:thing/parts/:part"),
  route("GET", "/"),
]);

function find(method: string, path: string) {
  const match = table.find(method, path);
  return match === null ? null : [match.route.path, match.params];
}

describe("a table of routes", () => {
  test("finds an exact path before one with parameters", () => {
    expect(find("GET", "/things/all")).toEqual(["/things/all", {}]);
    expect(find("GET", "/things/none")).toEqual(["/things/:thing", { thing: "none" }]);
    expect(find("GET", "/")).toEqual(["/", {}]);
  });

  test("reads every parameter, percent-decoded", () => {
    expect(find("GET", "/things/a%2Fb%20c/parts/%EC%8B%A0%25")).toEqual([
      "/things/:thing/parts/:part",
      { thing: "a/b c", part: "신%" },
    ]);
    expect(find("GET", "/things/__proto__")?.[1]).toEqual({ thing: "__proto__" });
    expect(find("GET", "/things/a+b:c")?.[1]).toEqual({ thing: "a+b:c" });
  });

  test.each([
    ["POST", "/things/all"],
    ["GET", "/things/x/parts"],
    ["GET", "/things/"],
    ["GET", "/things//parts/1"],
    ["GET", "/things/x/"],
    ["GET", "/things/x/y"],
    ["GET", "/things/x/parts/1/2"],
    ["GET", "/%74hings/x"],
    ["DELETE", "/things/x"],
    ["GET", ""],
    ["GET", "/:thing"],
  ])("finds nothing for %s %s", (method, path) => {
    expect(find(method, path)).toBeNull();
  });

  test.each(["%", "%2", "%zz", "%ff", "%C3%28", "%ED%A0%80", "é", "a b", "a\u0000"])(
    "finds the route but no parameters where %j stands for no text",
    (sent) => {
      expect(find("GET", `/things/${sent}`)).toEqual(["/things/:thing", null]);
    },
  );
});
