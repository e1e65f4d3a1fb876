import { expect, it } from "vitest";
import { createAddressCount } from "./address-count.ts";

it("counts what comes from each address, and forgets those that have gone", () => {
  const addresses = createAddressCount(2);
  for (const address of ["a", "a", "b"]) addresses.enter(address);
  expect([addresses.isFull("a"), addresses.isFull("b"), addresses.isFull("c")]).toEqual([true, false, false]);
  addresses.leave("a");
  expect(addresses.isFull("a")).toBe(false);
  for (const address of ["a", "a", "nobody"]) addresses.leave(address);
  addresses.enter("a");
  expect(addresses.isFull("a")).toBe(false);
});

it("takes a network of IPv6 for one address, since whoever has one address there has all of them", () => {
  const addresses = createAddressCount(2);
  for (const address of ["2001:db8::1", "2001:db8:0:0:ffff::2"]) addresses.enter(address);
  expect([addresses.isFull("2001:db8::3"), addresses.isFull("2001:db8:0:1::3")]).toEqual([true, false]);
  addresses.leave("2001:db8::2");
  expect(addresses.isFull("2001:db8::3")).toBe(false);
});

it("has room for all where there is no bound", () => {
  const addresses = createAddressCount(0);
  for (let i = 0; i < 100; i++) addresses.enter("a");
  expect(addresses.isFull("a")).toBe(false);
});
